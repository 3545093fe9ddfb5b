import { parseOrderEvent } from '../../../contract/orders/order-event.ts';
import {
  atLeastOnce,
  atMostOnce,
  createConsumer,
  exactlyOnce,
  increment,
  NotExecutedError,
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

const base = { name: 'billing', parse: parseOrderEvent };

function order(subject: string, group = 'g') {
  return anOrder({ subject, partitionkey: group });
}

function deliveries() {
  return wiring.logged.filter(({ message }) => message === 'delivery');
}

/** Neither a text nor JSON. */
function textless(): object {
  const cycle = Object.create(null);
  return Object.assign(cycle, { cycle });
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

  it('writes a record with the attributes that operators need', async () => {
    await consumer()(sqsEvent(sqsRecord(order('1'))), remaining());
    expect(wiring.memory.records.get('fulfilment#urn:test#event-of-1')).toMatchObject({
      status: 'COMPLETED',
      guarantee: 'exactly-once',
      fingerprint: expect.stringMatching(/^2:[0-9a-f]{64}$/),
      ownerToken: 'attempt-1',
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

  it('sends a conflict to the dead-letter queue with both fingerprints, and applies no effect of it', async () => {
    await consumer()(sqsEvent(sqsRecord(order('1'))), remaining());
    const other = { ...order('1'), data: { ...order('1').data, total: 99 } };
    await consumer()(sqsEvent(sqsRecord(other, { messageId: 'm2' })), remaining());
    expect(applied()).toEqual(['1']);
    const reason = JSON.parse(wiring.letters[0]?.attributes['dead-letter-reason']?.StringValue ?? '');
    expect(reason).toMatchObject({
      code: 'CONFLICT',
      fingerprints: {
        applied: expect.stringMatching(/^2:[0-9a-f]{64}$/),
        received: expect.stringMatching(/^2:[0-9a-f]{64}$/),
      },
    });
    expect(reason.fingerprints.applied).not.toBe(reason.fingerprints.received);
  });

  it('sends poison to the dead-letter queue and continues with its group, in order', async () => {
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

  it('returns a message whose handler failed, and treats a permanent error as poison', async () => {
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
      { outcome: 'failed', code: 'Error', reason: 'not now', attempts: 1 },
      { outcome: 'poison', code: 'PERMANENT', reason: 'never' },
    ]);
  });

  it('applies no event and loses no message if the store does not answer', async () => {
    wiring.store.befall('commit', 'down');
    const { batchItemFailures } = await consumer()(sqsEvent(sqsRecord(order('1'))), remaining());
    expect(batchItemFailures).toHaveLength(1);
    expect(wiring.letters).toEqual([]);
  });

  it('starts no message when the invocation is about to end', async () => {
    const { batchItemFailures } = await consumer()(sqsEvent(sqsRecord(order('1'))), remaining(400));
    expect(batchItemFailures).toHaveLength(1);
    expect(applied()).toEqual([]);
  });

  it('writes the outcomes of the batch as metrics in the embedded format', async () => {
    const failing = consumer(({ data }) => {
      if (data.orderId === '2') throw new Error('not now');
      return [add(data.orderId)];
    });
    const event = sqsEvent(
      sqsRecord(order('1')),
      sqsRecord(order('1')),
      sqsRecord('{'),
      sqsRecord('['),
      sqsRecord(order('2')),
    );
    await failing(event, remaining());
    expect(wiring.logged.at(-1)).toEqual({
      _aws: {
        Timestamp: wiring.clock.now(),
        CloudWatchMetrics: [
          {
            Namespace: 'OrderOnce',
            Dimensions: [['Service', 'Consumer']],
            Metrics: [
              { Name: 'Applied', Unit: 'Count' },
              { Name: 'Duplicate', Unit: 'Count' },
              { Name: 'Poison', Unit: 'Count' },
              { Name: 'Failed', Unit: 'Count' },
              { Name: 'WaitingAge', Unit: 'Seconds' },
            ],
          },
        ],
      },
      Service: 'Shop',
      Consumer: 'fulfilment',
      Applied: 1,
      Duplicate: 1,
      Poison: 2,
      Failed: 1,
      WaitingAge: [expect.any(Number)],
    });
  });

  it('writes the age of each message that stays, also after many receives, and of no other', async () => {
    const sentAt = wiring.clock.now() - 90_500;
    const failing = consumer(({ data }) => {
      if (data.orderId !== '1') throw new NotExecutedError('not now');
      return [add(data.orderId)];
    });
    const event = sqsEvent(
      sqsRecord(order('1'), { sentAt }),
      sqsRecord(order('2'), { messageId: 'm2', group: 'a', sentAt, receiveCount: 200 }),
      sqsRecord(order('3'), { messageId: 'm3', group: 'b', sentAt: wiring.clock.now() + 1000 }),
    );
    await failing(event, remaining());
    const metrics = wiring.logged.filter((line) => '_aws' in line);
    expect(metrics.flatMap(({ WaitingAge = [] }) => WaitingAge)).toEqual(expect.arrayContaining([90.5, 0]));
    expect(metrics.flatMap(({ WaitingAge = [] }) => WaitingAge)).toHaveLength(2);
  });

  it('writes metrics without the dimension Service if the function was deployed without a name for it', async () => {
    const { service: _, ...others } = wiring;
    const handler = createConsumer(
      { name: 'fulfilment', parse: parseOrderEvent, guarantee: exactlyOnce(), handle: () => [] },
      others,
    );
    await handler(sqsEvent(sqsRecord(order('1'))), remaining());
    expect(wiring.logged.at(-1)).toMatchObject({
      _aws: { CloudWatchMetrics: [{ Dimensions: [['Consumer']] }] },
      Consumer: 'fulfilment',
    });
    expect(wiring.logged.at(-1)).not.toHaveProperty('Service');
  });

  it('logs one line per delivery, with all known fields', async () => {
    await consumer()(sqsEvent(sqsRecord(order('1'), { messageId: 'm1', receiveCount: 2 })), remaining());
    expect(deliveries()).toEqual([
      {
        level: 'INFO',
        timestamp: new Date(wiring.clock.now()).toISOString(),
        message: 'delivery',
        consumer: 'fulfilment',
        outcome: 'applied',
        messageId: 'm1',
        messageGroup: 'customer-17850',
        receiveCount: 2,
        source: 'urn:test',
        eventId: 'event-of-1',
        sequence: '1',
        subject: '1',
      },
    ]);
  });

  it('keeps log lines and dead letters small, whatever a body contains', async () => {
    // GIVEN a field whose name is as long as a message, and a type that is
    const key = '\u007f'.repeat(200_000);
    const event = sqsEvent(
      sqsRecord(`{"data":{"${key}":1e999}}`, { messageId: 'm1' }),
      sqsRecord({ ...order('1'), type: key }, { messageId: 'm2' }),
    );
    await expect(consumer()(event, remaining())).resolves.toEqual({ batchItemFailures: [] });
    for (const { attributes } of wiring.letters) {
      expect(attributes['dead-letter-reason']?.StringValue?.length).toBeLessThan(20_000);
    }
    for (const line of deliveries()) expect(JSON.stringify(line).length).toBeLessThan(20_000);
  });

  it.each([
    [
      'a handler',
      {
        handle: () => {
          throw textless();
        },
      },
    ],
    [
      'a parser',
      {
        parse: () => {
          throw textless();
        },
      },
    ],
    [
      'a handler, in a message,',
      {
        handle: () => {
          throw Object.assign(new Error(), { message: Object.create(null), name: Object.create(null) });
        },
      },
    ],
  ])('survives %s that throws a value without a text', async (_, broken) => {
    const handler = createConsumer(
      { name: 'fulfilment', parse: parseOrderEvent, guarantee: exactlyOnce(), handle: () => [], ...broken },
      wiring,
    );
    await handler(sqsEvent(sqsRecord(order('1'))), remaining());
    expect(deliveries()[0]).toMatchObject({ reason: expect.stringContaining('no text') });
  });

  it('makes a message wait if its handler returned no list of effects', async () => {
    const forgetful = consumer((() => undefined) as never);
    const { batchItemFailures } = await forgetful(sqsEvent(sqsRecord(order('1'))), remaining());
    expect(batchItemFailures).toHaveLength(1);
    expect(deliveries()[0]).toMatchObject({ outcome: 'failed', code: 'NO_EFFECTS' });
  });

  it('uses the partition key as the group if the SQS record has none', async () => {
    const records = [order('1', 'a'), order('2', 'b')].map((event) => {
      const record = sqsRecord(event);
      return { ...record, attributes: { ...record.attributes, MessageGroupId: undefined } };
    });
    await consumer()(sqsEvent(...(records as never[])), remaining());
    expect(deliveries().map(({ messageGroup }) => messageGroup)).toEqual(['a', 'b']);
  });

  it('keeps no state from one invocation to the next', async () => {
    const handler = consumer();
    await handler(sqsEvent(sqsRecord(order('1'))), remaining(0));
    await expect(handler(sqsEvent(sqsRecord(order('1'))), remaining())).resolves.toEqual({
      batchItemFailures: [],
    });
    expect(wiring.logged.filter((line) => '_aws' in line)).toHaveLength(1);
  });

  it('hides a message that finds a live lease, and the rest of its group, until the lease ends', async () => {
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

  it('returns a message that finds a live lease, even if it could not be hidden', async () => {
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

  it('refuses a name that cannot be part of a key', () => {
    expect(() =>
      createConsumer(
        { name: 'a#b', parse: parseOrderEvent, guarantee: exactlyOnce(), handle: () => [] },
        wiring,
      ),
    ).toThrow('"a#b"');
  });

  it.each([
    ['exactly-once', () => consumer()],
    [
      'at-most-once',
      () => createConsumer({ ...base, guarantee: atMostOnce(), handle: async () => {} }, wiring),
    ],
  ])('under %s refuses an invocation whose leases would outlast the visibility timeout', async (_, create) => {
    // GIVEN a visibility timeout of 180 s
    const handler = create();
    const event = sqsEvent(sqsRecord(order('1')), sqsRecord('{'));
    // WHEN the function may take longer than that, with 5 s of skew, THEN nothing is touched
    const refused = handler(event, remaining(175_001));
    await expect(refused).rejects.toMatchObject({
      code: 'CONFIGURATION',
      message: expect.stringMatching(/180\.001 s \(175\.001 s .* 180 s: raise the queue's .* or lower/),
    });
    expect(wiring.store.calls).toEqual([]);
    expect(wiring.letters).toEqual([]);
    await expect(handler(event, remaining(175_000))).resolves.toEqual({ batchItemFailures: [] });
  });
});
