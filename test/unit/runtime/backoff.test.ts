import fc from 'fast-check';
import { parseOrderEvent } from '../../../contract/orders/order-event.ts';
import { createConsumer, exactlyOnce, increment } from '../../../runtime/index.ts';
import { drain } from '../../support/event-source.ts';
import { FifoQueue } from '../../support/fifo-queue.ts';
import { anOrder } from '../../support/orders.ts';
import { remaining, sqsEvent, sqsRecord } from '../../support/sqs.ts';
import { FakeClock, FakeRandom, type FakeWiring, fakeWiring } from '../../support/wiring.ts';

interface Sent {
  readonly group: string;
  /** How often its handler fails before it does what it should. */
  readonly failures: number;
}

/** A queue with a visibility timeout of 5 minutes, its consumer, and what that applied, in order. */
function shop(sent: readonly Sent[], over: Partial<FakeWiring> = {}) {
  const clock = new FakeClock();
  const queue = new FifoQueue(clock);
  const visibility = {
    change: async (handles: readonly string[], seconds: number) => queue.hide(handles, seconds),
  };
  const wiring = fakeWiring({ clock, visibility, visibilityTimeoutSeconds: 300, ...over });
  const left = new Map(sent.map(({ failures }, n) => [`${n}`, failures]));
  for (const [n, { group }] of sent.entries()) {
    queue.send(`m${n}`, group, anOrder({ subject: `${n}`, partitionkey: group, sequence: `${n}` }));
  }
  const consumer = createConsumer(
    {
      name: 'fulfilment',
      parse: parseOrderEvent,
      guarantee: exactlyOnce(),
      handle: ({ data: { orderId } }) => {
        const failures = left.get(orderId) ?? 0;
        left.set(orderId, failures - 1);
        if (failures > 0) throw new Error('not now');
        return [increment('ledger', { orderId }, { times: 1 })];
      },
    },
    wiring,
  );
  const applied = () =>
    wiring.logged
      .filter(({ outcome }) => outcome === 'applied')
      .map(({ messageId, messageGroup }) => ({ id: messageId as string, group: messageGroup as string }));
  return { queue, wiring, clock, consumer, applied };
}

const batches = fc.array(
  fc.record({
    group: fc.constantFrom('a', 'b', 'c'),
    failures: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(3) }),
  }),
  { maxLength: 25 },
);

describe('a failed message', () => {
  it('is delivered again within 3 seconds with its followers, in order, although the visibility timeout is 5 minutes', async () => {
    // GIVEN a head that fails once, and nine that follow it
    const { queue, consumer, applied } = shop(
      Array.from({ length: 10 }, (_, n) => ({ group: 'g', failures: n === 0 ? 1 : 0 })),
    );
    // WHEN
    await drain(queue, consumer);
    // THEN
    const [first, again] = queue.received.filter(({ id }) => id === 'm0');
    expect((again?.at ?? Number.NaN) - (first?.at ?? 0)).toBeLessThan(3000);
    expect(applied().map(({ id }) => id)).toEqual(Array.from({ length: 10 }, (_, n) => `m${n}`));
  });

  it('keeps the order of its group, and nothing is lost', async () => {
    await fc.assert(
      fc.asyncProperty(batches, fc.double({ min: 0, max: 0.999, noNaN: true }), async (sent, random) => {
        const { queue, consumer, applied } = shop(sent, {
          random: Object.assign(new FakeRandom(), { next: () => random }),
        });
        await drain(queue, consumer);
        for (const group of ['a', 'b', 'c']) {
          const inOrder = sent.flatMap((message, n) => (message.group === group ? [`m${n}`] : []));
          expect(
            applied()
              .filter((found) => found.group === group)
              .map(({ id }) => id),
          ).toEqual(inOrder);
        }
        expect(queue.deadLetters).toEqual([]);
      }),
      { numRuns: 200, seed: 1 },
    );
  });

  it('is hidden for as long as its followers, by the receive count of the head', async () => {
    const wiring = fakeWiring();
    const { consumer } = shop([{ group: 'g', failures: 9 }], wiring);
    const event = (subject: string, receiveCount: number) =>
      sqsRecord(anOrder({ subject }), { messageId: `m${subject}`, group: 'g', receiveCount });
    await consumer(sqsEvent(event('0', 3), event('1', 7)), remaining());
    expect(wiring.hidden).toEqual([{ handles: ['receipt-of-m0', 'receipt-of-m1'], seconds: 5 }]);
    expect(wiring.logged[0]).toMatchObject({ outcome: 'failed', retryAt: wiring.clock.now() + 5000 });
  });

  it('is delivered again in order after the visibility timeout, if its visibility could not be changed', async () => {
    const visibility = { change: () => Promise.reject(new Error('throttled')) };
    const { queue, consumer, applied, clock } = shop(
      [
        { group: 'g', failures: 1 },
        { group: 'g', failures: 0 },
      ],
      { visibility },
    );
    const begun = clock.now();
    await drain(queue, consumer);
    expect(applied().map(({ id }) => id)).toEqual(['m0', 'm1']);
    expect(clock.now()).toBe(begun + 300_000);
  });

  it('waits during an outage of the store of 60 seconds, and no message is given up', async () => {
    const { queue, wiring, consumer, applied, clock } = shop(
      Array.from({ length: 20 }, (_, n) => ({ group: `g${n % 4}`, failures: 0 })),
    );
    const end = clock.now() + 60_000;
    const outage = () => {
      if (clock.now() < end) throw new Error('socket hang up');
    };
    wiring.store.befall('commit', ...Array(1000).fill(outage));
    await drain(queue, consumer);
    expect(applied()).toHaveLength(20);
    expect(wiring.letters).toEqual([]);
    expect(clock.now()).toBeGreaterThanOrEqual(end);
  });
});

describe('a message that did not start for lack of time', () => {
  /** Nine receives each: they waited for somebody. */
  const two = sqsEvent(
    ...['0', '1'].map((n) =>
      sqsRecord(anOrder({ subject: n }), { messageId: `m${n}`, group: 'g', receiveCount: 9 }),
    ),
  );

  it('is hidden by the backoff, and does not count as a delivery', async () => {
    const wiring = fakeWiring();
    const { consumer } = shop([], wiring);
    const { batchItemFailures } = await consumer(two, remaining(100));
    expect(batchItemFailures).toHaveLength(2);
    expect(wiring.hidden).toEqual([{ handles: ['receipt-of-m0', 'receipt-of-m1'], seconds: 151 }]);
    expect(wiring.logged).toEqual([]);
  });

  it('is hidden for longer if its receives have to last', async () => {
    const wiring = fakeWiring({ maxReceiveCount: 20, queueRetentionSeconds: 36_000 });
    const { consumer } = shop([], wiring);
    await consumer(two, remaining(100));
    // THEN what is left of 9 hours is spread over the receives that are left, but one
    expect(wiring.hidden).toMatchObject([{ seconds: Math.ceil(32_400 / 10) }]);
  });

  it('is hidden by the backoff even if its queue is about to delete it', async () => {
    // GIVEN messages that their queue deletes in half an hour, and no time to save them
    const wiring = fakeWiring();
    const sentAt = wiring.clock.now() - wiring.queueRetentionSeconds * 1000 + 1_800_000;
    const late = sqsEvent(sqsRecord(anOrder({}), { messageId: 'm0', group: 'g', receiveCount: 9, sentAt }));
    const { consumer } = shop([], wiring);
    await consumer(late, remaining(100));
    expect(wiring.hidden).toEqual([{ handles: ['receipt-of-m0'], seconds: 151 }]);
  });

  it('is hidden briefly if the messages before it used the time', async () => {
    // GIVEN a first commit that takes nearly the whole invocation
    const wiring = fakeWiring();
    wiring.store.befall('commit', () => {
      wiring.clock.time += 29_300;
    });
    const { consumer } = shop([], wiring);
    const { batchItemFailures } = await consumer(two, remaining());
    expect(batchItemFailures).toEqual([{ itemIdentifier: 'm1' }]);
    expect(wiring.hidden).toEqual([{ handles: ['receipt-of-m1'], seconds: 2 }]);
  });
});
