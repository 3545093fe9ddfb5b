import { parseOrderEvent } from '../../../contract/order-event.ts';
import {
  atLeastOnce,
  createConsumer,
  exactlyOnce,
  increment,
  PermanentError,
} from '../../../runtime/index.ts';
import { anOrder } from '../../support/orders.ts';
import { remaining, sqsEvent, sqsRecord } from '../../support/sqs.ts';
import { settled } from '../../support/timeline.ts';
import { type FakeWiring, fakeWiring } from '../../support/wiring.ts';

let wiring: FakeWiring;
beforeEach(() => {
  wiring = fakeWiring();
});

function consumer(handle = ({ data }: { data: { orderId: string; total: number } }) => [add(data.orderId)]) {
  return createConsumer(
    { name: 'fulfilment', parse: parseOrderEvent, guarantee: exactlyOnce(), handle },
    wiring,
  );
}

function add(orderId: string) {
  return increment('ledger', { orderId }, { orders: 1 });
}

/** The orders whose effect was committed, in the order in which that happened first. */
function applied() {
  return wiring.memory.tables.items('ledger').map(({ orderId }) => orderId);
}

function order(subject: string, group = 'g') {
  return anOrder({ subject, partitionkey: group });
}

function deliveries() {
  return wiring.logged.filter(({ message }) => message === 'delivery');
}

describe('a consumer', () => {
  it('applies new events and returns no failure', async () => {
    const event = sqsEvent(
      sqsRecord(order('1'), { messageId: 'm1' }),
      sqsRecord(order('2'), { messageId: 'm2' }),
    );
    await expect(consumer()(event, remaining())).resolves.toEqual({ batchItemFailures: [] });
    expect(applied()).toEqual(['1', '2']);
  });

  it('writes a record with what operators look for', async () => {
    await consumer()(sqsEvent(sqsRecord(order('1'))), remaining());
    expect(wiring.memory.records.get('fulfilment#urn:test#event-of-1')).toMatchObject({
      status: 'COMPLETED',
      guarantee: 'exactly-once',
      fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
      attempt: 'attempt-1',
      messageId: 'message-1',
      firstAttemptAt: wiring.clock.now(),
      expiration: wiring.clock.now() / 1000 + 45 * 86_400,
    });
  });

  it('acknowledges a duplicate and says with which message the event was applied', async () => {
    const event = (messageId: string) => sqsEvent(sqsRecord(order('1'), { messageId }));
    await consumer()(event('m1'), remaining());
    await expect(consumer()(event('m2'), remaining())).resolves.toEqual({ batchItemFailures: [] });
    expect(applied()).toEqual(['1']);
    expect(deliveries()[1]).toMatchObject({ outcome: 'duplicate', messageId: 'm2', appliedWith: 'm1' });
  });

  it('sends a conflict to the dead-letter queue with both fingerprints, and applies nothing of it', async () => {
    await consumer()(sqsEvent(sqsRecord(order('1'))), remaining());
    const other = { ...order('1'), data: { ...order('1').data, total: 99 } };
    await consumer()(sqsEvent(sqsRecord(other, { messageId: 'm2' })), remaining());
    expect(applied()).toEqual(['1']);
    const reason = JSON.parse(wiring.letters[0]?.attributes['dead-letter-reason']?.StringValue ?? '');
    expect(reason).toMatchObject({
      code: 'CONFLICT',
      fingerprints: {
        applied: expect.stringMatching(/^\w{64}$/),
        received: expect.stringMatching(/^\w{64}$/),
      },
    });
    expect(reason.fingerprints.applied).not.toBe(reason.fingerprints.received);
  });

  it('sends poison to the dead-letter queue and goes on with its group, in order', async () => {
    const event = sqsEvent(
      sqsRecord(order('1'), { messageId: 'm1' }),
      sqsRecord({ ...order('2'), id: undefined }, { messageId: 'm2' }),
      sqsRecord(order('3'), { messageId: 'm3' }),
    );
    await expect(consumer()(event, remaining())).resolves.toEqual({ batchItemFailures: [] });
    expect(applied()).toEqual(['1', '3']);
    expect(wiring.letters).toHaveLength(1);
    expect(deliveries()[1]).toMatchObject({
      outcome: 'poison',
      code: 'INVALID_EVENT',
      field: 'id',
      messageId: 'm2',
    });
  });

  it('keeps poison in its queue while the dead-letter queue does not answer', async () => {
    wiring = fakeWiring({ deadLetters: { send: () => Promise.reject(new Error('no answer')) } });
    const event = sqsEvent(sqsRecord('{', { messageId: 'm1' }), sqsRecord(order('2'), { messageId: 'm2' }));
    const { batchItemFailures } = await consumer()(event, remaining());
    expect(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)).toEqual(['m1', 'm2']);
    expect(applied()).toEqual([]);
  });

  it('returns a message whose handler failed, and takes a permanent error for poison', async () => {
    const failing = consumer(({ data }) => {
      if (data.orderId === '1') throw new Error('not now');
      throw new PermanentError('never');
    });
    const event = sqsEvent(
      sqsRecord(order('1'), { messageId: 'm1', group: 'a' }),
      sqsRecord(order('2'), { messageId: 'm2', group: 'b' }),
    );
    const { batchItemFailures } = await failing(event, remaining());
    expect(batchItemFailures).toEqual([{ itemIdentifier: 'm1' }]);
    expect(wiring.letters.map(({ deduplicationId }) => deduplicationId)).toEqual(['m2']);
    expect(deliveries()).toMatchObject([
      { outcome: 'failed', code: 'Error', reason: 'not now' },
      { outcome: 'poison', code: 'PERMANENT', reason: 'never' },
    ]);
  });

  it('fails closed: a store that does not answer applies and loses nothing', async () => {
    wiring.store.befall('commit', 'down');
    const { batchItemFailures } = await consumer()(sqsEvent(sqsRecord(order('1'))), remaining());
    expect(batchItemFailures).toHaveLength(1);
    expect(wiring.letters).toEqual([]);
  });

  it('begins nothing when the invocation is about to end', async () => {
    const { batchItemFailures } = await consumer()(sqsEvent(sqsRecord(order('1'))), remaining(400));
    expect(batchItemFailures).toHaveLength(1);
    expect(applied()).toEqual([]);
  });

  it('counts what became of the batch, as metrics', async () => {
    const event = sqsEvent(sqsRecord(order('1')), sqsRecord(order('1')), sqsRecord('{'), sqsRecord('['));
    await consumer()(event, remaining());
    const metrics = wiring.logged.find((line) => '_aws' in line);
    expect(metrics).toMatchObject({ Consumer: 'fulfilment', Applied: 1, Duplicate: 1, Poison: 2 });
    expect(metrics).not.toHaveProperty('Failed');
  });

  it('keeps no state from one invocation to the next', async () => {
    const handler = consumer();
    await handler(sqsEvent(sqsRecord(order('1'))), remaining(0));
    await expect(handler(sqsEvent(sqsRecord(order('1'))), remaining())).resolves.toEqual({
      batchItemFailures: [],
    });
    expect(wiring.logged.filter((line) => '_aws' in line)).toHaveLength(1);
  });

  it('hides a message that meets a live lease, and what follows in its group, until the lease ends', async () => {
    // GIVEN a delivery of order 2 that is at work
    const guarantee = atLeastOnce({ providerKeyRetention: 1e9 });
    const working = (handle: () => Promise<void>) =>
      createConsumer({ name: 'billing', parse: parseOrderEvent, guarantee, handle }, wiring);
    void working(() => new Promise(() => {}))(sqsEvent(sqsRecord(order('2'))), remaining(20_000));
    await settled();
    // WHEN a batch has the order in the middle of its group
    const records = [
      sqsRecord(order('1'), { messageId: 'm1', group: 'g' }),
      sqsRecord(order('2'), { messageId: 'm2', group: 'g' }),
      sqsRecord(order('9', 'other'), { messageId: 'm9', group: 'other' }),
      sqsRecord(order('3'), { messageId: 'm3', group: 'g' }),
    ];
    const { batchItemFailures } = await working(async () => {})(sqsEvent(...records), remaining());
    // THEN those two come back when the lease is over, and nothing else does
    expect(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)).toEqual(['m2', 'm3']);
    expect(wiring.hidden).toEqual([{ handles: ['receipt-of-m2', 'receipt-of-m3'], seconds: 25 }]);
  });

  it('returns a message that meets a live lease even if it could not be hidden', async () => {
    wiring = fakeWiring({ visibility: { change: () => Promise.reject(new Error('throttled')) } });
    const guarantee = atLeastOnce({ providerKeyRetention: 1e9 });
    const billing = createConsumer(
      { name: 'billing', parse: parseOrderEvent, guarantee, handle: () => new Promise<void>(() => {}) },
      wiring,
    );
    void billing(sqsEvent(sqsRecord(order('1'))), remaining());
    await settled();
    const { batchItemFailures } = await billing(sqsEvent(sqsRecord(order('1'))), remaining());
    expect(batchItemFailures).toHaveLength(1);
  });

  it('fails if its name could not be part of a key', () => {
    expect(() =>
      createConsumer(
        { name: 'a#b', parse: parseOrderEvent, guarantee: exactlyOnce(), handle: () => [] },
        wiring,
      ),
    ).toThrow('"a#b"');
  });

  it('fails if its function was not wired, naming the variable', () => {
    expect(() =>
      createConsumer({ name: 'a', parse: parseOrderEvent, guarantee: exactlyOnce(), handle: () => [] }),
    ).toThrow('RECORDS_TABLE_NAME');
  });
});
