import { parseOrderEvent } from '../../../contract/orders/order-event.ts';
import { TimeEstimate } from '../../../runtime/consumer/time-estimate.ts';
import {
  atLeastOnce,
  createConsumer,
  type ExternalHandler,
  exactlyOnce,
  increment,
} from '../../../runtime/index.ts';
import { drain } from '../../support/event-source.ts';
import { FifoQueue } from '../../support/fifo-queue.ts';
import { anOrder } from '../../support/orders.ts';
import { remaining, sqsEvent, sqsRecord } from '../../support/sqs.ts';
import { gate, settled } from '../../support/timeline.ts';
import { FakeClock, type FakeWiring, fakeWiring } from '../../support/wiring.ts';

let wiring: FakeWiring;
beforeEach(() => {
  wiring = fakeWiring();
});

const guarantee = atLeastOnce({ providerKeyRetention: Number.POSITIVE_INFINITY });
const record = (id: string, group: string, receiveCount = 1) =>
  sqsRecord(anOrder({ subject: id, partitionkey: group }), { messageId: id, group, receiveCount });

function billing(handle: ExternalHandler<ReturnType<typeof anOrder>>, concurrency?: number) {
  const options = { name: 'billing', parse: parseOrderEvent, guarantee, handle };
  return createConsumer(
    concurrency === undefined ? options : { ...options, concurrency: concurrency },
    wiring,
  );
}

/** Ignores its signal for some orders, and refuses others. */
const stubborn = billing.bind(undefined, async ({ data: { orderId } }) => {
  if (orderId.startsWith('pending')) await new Promise(() => {});
  if (orderId.startsWith('refused')) throw new Error('refused');
});

describe('a handler that ignores its signal', () => {
  const batch = sqsEvent(
    record('done-1', 'a'),
    record('pending-1', 'a', 3),
    record('next-1', 'a'),
    record('done-2', 'b'),
    record('refused-1', 'c'),
    record('next-2', 'c'),
  );

  it('does not outlive its invocation: settled messages are deleted, the others hidden, and the process ends', async () => {
    let answered = false;
    void stubborn()(batch, remaining()).finally(() => {
      answered = true;
    });
    await settled();
    const [refused] = wiring.hidden;
    expect(refused).toEqual({ handles: ['receipt-of-refused-1', 'receipt-of-next-2'], seconds: 2 });
    // WHEN its time is over
    wiring.clock.time += 29_599;
    await settled();
    expect(wiring.ends).toEqual([]);
    wiring.clock.time += 1;
    await settled();
    // THEN nobody hears of the invocation any more, and its group waits for as long as its receives say
    expect(wiring.acknowledged).toEqual(['receipt-of-done-1', 'receipt-of-done-2']);
    expect(wiring.hidden).toEqual([
      refused,
      { handles: ['receipt-of-pending-1', 'receipt-of-next-1'], seconds: 5 },
    ]);
    expect(wiring.ends).toEqual([wiring.clock.now()]);
    expect(answered).toBe(false);
  });

  it('is logged and counted before its process ends', async () => {
    void stubborn()(batch, remaining());
    await settled();
    wiring.clock.time += 29_600;
    await settled();
    expect(wiring.logged.filter(({ code }) => code === 'HANDLER_TIMEOUT')).toMatchObject([
      { messageId: 'pending-1', outcome: 'failed', retryAt: wiring.clock.now() + 5000 },
    ]);
    // In two lines: what is deleted before a suspect begins is counted before, too.
    const [first, second, ...others] = wiring.logged.filter((line) => '_aws' in line);
    expect([first, second, others]).toMatchObject([{ Applied: 2, Failed: 1 }, { Failed: 1 }, []]);
  });

  it('has its message hidden for longer if the receives have to last', async () => {
    wiring = fakeWiring({ maxReceiveCount: 4, queueRetentionSeconds: 36_000 });
    void stubborn()(sqsEvent(record('pending-1', 'a', 3)), remaining());
    await settled();
    wiring.clock.time += 29_600;
    await settled();
    expect(wiring.hidden).toMatchObject([{ seconds: Math.ceil(32_400 - 29.6) }]);
  });

  it('has its message saved if its queue is about to delete it: copied and deleted, and its followers return soon', async () => {
    // GIVEN a queue that keeps messages for 4 days, less a minute ago
    const old = (id: string) =>
      sqsRecord(anOrder({ subject: id }), {
        messageId: id,
        group: 'a',
        sentAt: wiring.clock.now() - 4 * 86_400_000 + 60_000,
      });
    void stubborn()(sqsEvent(old('pending-1'), old('next-1')), remaining());
    await settled();
    wiring.clock.time += 29_600;
    await settled();
    expect(wiring.letters).toMatchObject([{ deduplicationId: 'pending-1' }]);
    expect(wiring.acknowledged).toEqual(['receipt-of-pending-1']);
    expect(wiring.hidden).toEqual([{ handles: ['receipt-of-next-1'], seconds: 2 }]);
    expect(wiring.logged.filter(({ message = 'delivery' }) => message === 'delivery')).toMatchObject([
      { outcome: 'poison', code: 'RETENTION', reason: expect.stringContaining('HANDLER_TIMEOUT: ') },
      { Poison: 1 },
    ]);
    expect(wiring.ends).toHaveLength(1);
  });

  it('is ended even if the queue does not answer', async () => {
    const away = () => Promise.reject(new Error('no answer'));
    wiring = fakeWiring({ acknowledgements: { acknowledge: away }, visibility: { change: away } });
    void stubborn()(batch, remaining());
    await settled();
    wiring.clock.time += 29_600;
    await settled();
    expect(wiring.ends).toHaveLength(1);
  });

  it('is ended even if the handler finishes meanwhile, so that the next invocation cannot resume it', async () => {
    // GIVEN a queue that is slow to delete what is done
    const [deletes, handles] = [gate(), gate()];
    wiring = fakeWiring({ acknowledgements: { acknowledge: () => deletes.opened } });
    let answered = false;
    const slow = billing(async ({ data: { orderId } }) => {
      if (orderId === 'slow') await handles.opened;
    });
    const batch = sqsEvent(record('done', 'a'), record('slow', 'b'));
    void slow(batch, remaining()).finally(() => {
      answered = wiring.ends.length === 0;
    });
    await settled();
    wiring.clock.time += 29_600;
    await settled();
    // WHEN the handler is done before that
    handles.open();
    await settled();
    deletes.open();
    await settled();
    // THEN its process has ended without an answer, and nobody says that it was overdue
    expect(wiring.ends).toHaveLength(1);
    expect(answered).toBe(false);
    expect(wiring.logged.filter(({ code }) => code === 'HANDLER_TIMEOUT')).toEqual([]);
  });

  it('has groups hidden that did not start, without counting them as deliveries', async () => {
    void stubborn(1)(sqsEvent(record('pending-1', 'a'), record('next-1', 'b')), remaining());
    await settled();
    wiring.clock.time += 29_600;
    await settled();
    expect(wiring.hidden.map(({ handles }) => handles).sort()).toEqual([
      ['receipt-of-next-1'],
      ['receipt-of-pending-1'],
    ]);
    expect(wiring.logged.filter(({ outcome }) => outcome === 'failed')).toHaveLength(1);
  });

  it('leaves no timer behind an invocation that returns', async () => {
    await stubborn()(sqsEvent(record('done-1', 'a'), record('refused-1', 'b')), remaining());
    expect(wiring.clock.waiting).toBe(0);
    wiring.clock.time += 60_000;
    await settled();
    expect(wiring.ends).toEqual([]);
  });

  it('does not undo the settled messages of its batch: each is received once, and all are applied in order', async () => {
    // GIVEN nine orders, of which one ignores its signal the first time
    const clock = new FakeClock();
    const queue = new FifoQueue(clock);
    let died = () => {};
    wiring = fakeWiring({
      clock,
      visibility: { change: async (handles, seconds) => queue.hide(handles, seconds) },
      acknowledgements: { acknowledge: async (handles) => queue.remove(handles) },
      endProcess: () => died(),
    });
    for (let n = 0; n < 9; n++) queue.send(`m${n}`, `g${n % 3}`, anOrder({ subject: `${n}` }));
    let isFirst = true;
    const consumer = createConsumer(
      {
        name: 'fulfilment',
        parse: parseOrderEvent,
        guarantee: exactlyOnce(),
        handle: async ({ data: { orderId } }) => {
          if (orderId === '4' && isFirst) {
            isFirst = false;
            setImmediate(() => {
              clock.time += 100;
              setImmediate(() => {
                clock.time += 29_500;
              });
            });
            await new Promise(() => {});
          }
          return [increment('ledger', { orderId }, { times: 1 })];
        },
      },
      wiring,
    );
    // WHEN
    await drain(queue, consumer, {
      died: () =>
        new Promise<undefined>((resolve) => {
          died = () => resolve(undefined);
        }),
    });
    // THEN
    const applied = wiring.logged.filter(({ outcome }) => outcome === 'applied');
    expect(applied.map(({ messageId }) => messageId).sort()).toEqual(
      Array.from({ length: 9 }, (_, n) => `m${n}`),
    );
    expect(wiring.logged.filter(({ outcome }) => outcome === 'duplicate')).toEqual([]);
    const again = queue.received.filter(({ receives }) => receives > 1).map(({ id }) => id);
    expect(again).toEqual(['m4', 'm7']);
  });
});

describe('the time that a message needs', () => {
  /** A handler that takes as long as its order says, in ms. */
  const slow = () =>
    billing(async ({ data: { orderId } }) => {
      wiring.clock.time += Number(orderId.split('-')[1]);
    });

  it('must be left before another message starts', async () => {
    const { batchItemFailures } = await slow()(
      sqsEvent(record('a-12000', 'a'), record('b-12000', 'a'), record('c-1', 'a')),
      remaining(),
    );
    expect(batchItemFailures).toEqual([{ itemIdentifier: 'c-1' }]);
  });

  it('is remembered for the next invocation', async () => {
    // GIVEN a message that took 10 s, and one that fails after 20 s, which says nothing of what one needs
    const consumer = billing(async ({ data: { orderId } }) => {
      wiring.clock.time += Number(orderId.split('-')[1]);
      if (orderId.startsWith('refused')) throw new Error('refused');
    }, 1);
    await consumer(sqsEvent(record('a-10000', 'a')), remaining());
    // WHEN 9.5 s are left for the next
    const batch = sqsEvent(record('refused-20000', 'b'), record('c-1', 'c'));
    const { batchItemFailures } = await consumer(batch, remaining());
    // THEN
    expect(batchItemFailures).toHaveLength(2);
    expect(wiring.memory.records.has('billing#urn:test#event-of-c-1')).toBe(false);
  });

  /** The time that must be left before a message starts. */
  function neededMs(estimate: TimeEstimate, workBudgetMs: number): number {
    const starts = (leftMs: number) => estimate.mostToStart({ leftMs, workBudgetMs, leavingHalf: false });
    const times = Array.from({ length: workBudgetMs }, (_, leftMs) => leftMs);
    return times.findIndex((leftMs) => starts(leftMs) > 0);
  }

  it('is never estimated as more than half of an invocation, because some time passes before its start', () => {
    const estimate = new TimeEstimate();
    estimate.saw(28_000);
    expect(neededMs(estimate, 20_000)).toBe(10_000);
  });

  it('shrinks by a tenth with each faster message', () => {
    const estimate = new TimeEstimate();
    estimate.saw(10_000);
    expect(neededMs(estimate, 30_000)).toBe(10_000);
    estimate.saw(1);
    expect(neededMs(estimate, 30_000)).toBe(9000);
    estimate.saw(9500);
    expect(neededMs(estimate, 30_000)).toBe(9500);
  });

  it('is left twice before messages start together', () => {
    const estimate = new TimeEstimate();
    estimate.saw(5000);
    const budget = { workBudgetMs: 30_000, leavingHalf: false };
    expect(estimate.mostToStart({ leftMs: 9999, ...budget })).toBe(1);
    expect(estimate.mostToStart({ leftMs: 10_000, ...budget })).toBe(Number.POSITIVE_INFINITY);
  });

  it('never prevents the first message of an invocation from starting', async () => {
    const consumer = slow();
    await consumer(sqsEvent(record('a-28000', 'a')), remaining());
    // WHEN the next invocation is shorter than that
    const { batchItemFailures } = await consumer(sqsEvent(record('b-1', 'b')), remaining(20_000));
    expect(batchItemFailures).toEqual([]);
  });

  it.each([
    [799, 1],
    [800, 0],
  ])('is never estimated as less than 300 ms: with %i ms left, %i messages wait', async (left, waiting) => {
    const { batchItemFailures } = await slow()(sqsEvent(record('a-1', 'a')), remaining(left));
    expect(batchItemFailures).toHaveLength(waiting);
  });
});

test.each([0, -1, 1.5, Number.NaN])('createConsumer refuses a concurrency of %d', (concurrency) => {
  expect(() => billing(async () => {}, concurrency)).toThrow(
    `concurrency is ${concurrency}; it must be a whole number of 1 or more`,
  );
});
