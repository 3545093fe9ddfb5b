import { parseOrderEvent } from '../../../contract/orders/order-event.ts';
import { backoffSeconds } from '../../../contract/policies/retry-policy.ts';
import {
  atLeastOnce,
  atMostOnce,
  createConsumer,
  exactlyOnce,
  NotExecutedError,
} from '../../../runtime/index.ts';
import { anOrder } from '../../support/orders.ts';
import { remaining, sqsEvent, sqsRecord } from '../../support/sqs.ts';
import { type FakeWiring, fakeWiring } from '../../support/wiring.ts';

const base = { name: 'billing', parse: parseOrderEvent };
const order = (subject: string) => anOrder({ subject });
let wiring: FakeWiring;
beforeEach(() => {
  wiring = fakeWiring();
});

describe('a NotExecutedError with retryAfter', () => {
  const hour = 3_600_000;
  const refusing = (error: () => unknown, guarantee = atMostOnce()) =>
    createConsumer({ ...base, guarantee, handle: () => Promise.reject(error()) }, wiring);
  const failed = () => wiring.logged.find(({ message }) => message === 'delivery');

  it.each([
    ['at-least-once', atLeastOnce({ providerKeyRetention: 1e9 })],
    ['at-most-once', atMostOnce()],
  ])('releases the record, and hides the message and its followers for that time, under %s', async (_, guarantee) => {
    // GIVEN a release that takes a second
    wiring.store.befall('release', () => {
      wiring.clock.time += 1000;
    });
    const handler = refusing(() => new NotExecutedError('429', { retryAfter: 90_500 }), guarantee);
    const records = [
      sqsRecord(order('1'), { messageId: 'm1', group: 'g' }),
      sqsRecord(order('9'), { messageId: 'm9', group: 'other' }),
      sqsRecord(order('2'), { messageId: 'm2', group: 'g' }),
    ];
    const begun = wiring.clock.now();
    const { batchItemFailures } = await handler(sqsEvent(...records), remaining());
    expect(batchItemFailures).toHaveLength(3);
    expect(wiring.hidden).toContainEqual({ handles: ['receipt-of-m1', 'receipt-of-m2'], seconds: 91 });
    expect(wiring.hidden).toContainEqual({ handles: ['receipt-of-m9'], seconds: 91 });
    expect(failed()).toMatchObject({ outcome: 'failed', code: 'NOT_DONE', retryAt: begun + 91_500 });
    expect(wiring.memory.records.get('billing#urn:test#event-of-1')).toMatchObject({ status: 'RETRYING' });
  });

  it('hides the message under exactly-once too', async () => {
    const busy = createConsumer(
      {
        ...base,
        guarantee: exactlyOnce(),
        handle: () => {
          throw new NotExecutedError('not yet', { retryAfter: 2000 });
        },
      },
      wiring,
    );
    await busy(sqsEvent(sqsRecord(order('1'))), remaining());
    expect(wiring.hidden).toEqual([{ handles: ['receipt-of-message-1'], seconds: 2 }]);
  });

  it('hides the message for at most the 12 hours of SQS, and logs that time', async () => {
    await refusing(() => new NotExecutedError('closed', { retryAfter: Number.MAX_VALUE }))(
      sqsEvent(sqsRecord(order('1'))),
      remaining(),
    );
    const seconds = 12 * 3600 - 20 * 60;
    expect(wiring.hidden).toMatchObject([{ seconds }]);
    expect(failed()).toMatchObject({ retryAt: wiring.clock.now() + seconds * 1000 });
  });

  it.each([
    0, 1000,
  ])('of %d ms never retries sooner than the backoff, so that an outage does not use up the receives', async (retryAfter) => {
    // GIVEN a provider that says the same for as long as it is down
    const asked = async (receiveCount: number) => {
      wiring = fakeWiring();
      const handler = refusing(() => new NotExecutedError('429', { retryAfter }));
      await handler(sqsEvent(sqsRecord(order('1'), { receiveCount })), remaining());
      return wiring.hidden[0]?.seconds;
    };
    expect(await asked(1)).toBe(backoffSeconds(1, 0.5));
    expect(await asked(250)).toBe(backoffSeconds(250, 0.5));
    expect(backoffSeconds(250, 0.5)).toBe(151);
  });

  it('makes the message wait longer than the backoff, at every receive count', async () => {
    const handler = refusing(() => new NotExecutedError('429', { retryAfter: hour }));
    await handler(sqsEvent(sqsRecord(order('1'), { receiveCount: 250 })), remaining());
    expect(wiring.hidden).toMatchObject([{ seconds: 3600 }]);
  });

  it.each([
    ['no time', undefined],
    ['NaN', { retryAfter: Number.NaN }],
    ['Infinity', { retryAfter: Number.POSITIVE_INFINITY }],
    ['a time that is over', { retryAfter: -1 }],
    ['a text', { retryAfter: '120' }],
    ['no options at all', null],
  ])('of %s is ignored: the record is released, and the message hidden by the backoff', async (_, options) => {
    await refusing(() => new NotExecutedError('429', options as never))(
      sqsEvent(sqsRecord(order('1'))),
      remaining(),
    );
    expect(failed()).toMatchObject({ outcome: 'failed', code: 'NOT_DONE', reason: '429' });
    expect(failed()).toMatchObject({ retryAt: wiring.clock.now() + 2000 });
    expect(wiring.hidden).toMatchObject([{ seconds: 2 }]);
    expect(wiring.memory.records.get('billing#urn:test#event-of-1')).toMatchObject({ status: 'RETRYING' });
  });

  it('does not apply to a message whose lease was lost meanwhile', async () => {
    const handler = createConsumer(
      {
        ...base,
        guarantee: atLeastOnce({ providerKeyRetention: 40 * hour }),
        handle: async () => {
          // WHEN another delivery takes over
          const key = 'billing#urn:test#event-of-1';
          const record = wiring.memory.records.get(key);
          wiring.memory.records.set(key, { ...record, ownerToken: 'another' } as never);
          throw new NotExecutedError('429', { retryAfter: hour });
        },
      },
      wiring,
    );
    await handler(sqsEvent(sqsRecord(order('1'))), remaining());
    expect(failed()).toMatchObject({ outcome: 'fenced', retryAt: wiring.clock.now() + 2000 });
    expect(wiring.hidden).toMatchObject([{ seconds: 2 }]);
  });

  it('keeps the cause', () => {
    const cause = new Error('429');
    expect(new NotExecutedError('busy', { retryAfter: 1, cause })).toMatchObject({ cause, retryAfter: 1 });
  });
});
