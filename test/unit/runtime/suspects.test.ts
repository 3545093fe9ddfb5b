import { atMostOnce, exactlyOnce, NotExecutedError } from '../../../runtime/index.ts';
import { drain } from '../../support/event-source.ts';
import type { FifoQueue } from '../../support/fifo-queue.ts';
import { anOrder } from '../../support/orders.ts';
import { queueWiring } from '../../support/queue-wiring.ts';
import { type Act, atLeast, reasonsOf, shop, shopKey } from '../../support/shop.ts';
import { remaining, sqsEvent, sqsRecord } from '../../support/sqs.ts';
import type { FakeClock, FakeWiring } from '../../support/wiring.ts';

const guarantees = [
  { name: 'exactly-once', guarantee: exactlyOnce() },
  { name: 'at-least-once', guarantee: atLeast },
] as const;

let clock: FakeClock;
let queue: FifoQueue;
let wiring: FakeWiring;
/** Drawn for the order of suspects; 0.5 for all of them would leave it to the order of the batch. */
let draw = 0;
beforeEach(() => {
  ({ clock, queue, wiring } = queueWiring({ visibilityTimeout: 180 }));
  Object.assign(wiring, {
    acknowledgements: { acknowledge: async (handles: readonly string[]) => queue.remove(handles) },
  });
  draw = 0;
  const { random } = wiring;
  random.next = () => {
    draw = (draw + 0.37) % 1;
    return draw;
  };
});

const consumerOf = (guarantee: Parameters<typeof shop>[1], act: Act) => shop(wiring, guarantee, act);

const recordOf = (id: string) => wiring.memory.records.get(shopKey(id));
const lines = (outcome: string) => wiring.logged.filter((line) => line.outcome === outcome);
const reasons = () => reasonsOf(wiring.letters);

/** A delivery of order 1 that was received three times. */
const third = (over: Parameters<typeof sqsRecord>[1] = {}) =>
  sqsEvent(sqsRecord(anOrder({ subject: '1' }), { messageId: 'm1', receiveCount: 3, ...over }));

describe.each(guarantees)('a message that ends its process each time, under $name', ({ guarantee }) => {
  it('is given up alone, and the nine healthy messages of its batches are applied once', async () => {
    // GIVEN
    let died = () => {};
    let ended = 0;
    const consumer = consumerOf(guarantee, async (orderId) => {
      if (orderId !== '4') return;
      ended += 1;
      await new Promise(setImmediate);
      died();
      await new Promise(() => {});
    });
    for (let n = 0; n < 10; n++)
      queue.send(`m${n}`, `g${n}`, anOrder({ subject: `${n}`, partitionkey: `g${n}` }));
    // WHEN
    await drain(queue, consumer, {
      died: () =>
        new Promise<undefined>((resolve) => {
          died = () => resolve(undefined);
        }),
    });
    // THEN
    expect(reasons()).toMatchObject([{ code: 'ATTEMPTS_EXHAUSTED', attempts: 5 }]);
    expect(reasons()[0].message).toContain('The process ended before the attempt finished');
    expect(wiring.letters.map(({ deduplicationId }) => deduplicationId)).toEqual(['m4']);
    expect(queue.deadLetters).toEqual([]);
    expect(
      lines('applied')
        .map(({ messageId }) => messageId)
        .sort(),
    ).toEqual([0, 1, 2, 3, 5, 6, 7, 8, 9].map((n) => `m${n}`));
    for (let n = 0; n < 10; n++) {
      expect(recordOf(`${n}`)).toMatchObject(
        n === 4 ? { status: 'QUARANTINED', attempts: 0 } : { status: 'COMPLETED' },
      );
    }
    // Twice before it was a suspect, and five times that were counted.
    expect(ended).toBe(7);
  });
});

describe.each(guarantees)('a suspect under $name', ({ guarantee }) => {
  it.each([
    ['that says that nothing happened', new NotExecutedError('closed'), 0],
    ['that fails by itself', new TypeError('total is undefined'), 1],
  ])('%s ends with its reason and its number of attempts', async (_, error, attempts) => {
    let seen: number | undefined;
    const consumer = consumerOf(guarantee, () => {
      seen = recordOf('1')?.attempts;
      throw error;
    });
    await consumer(third(), remaining());
    expect(seen).toBe(1);
    expect(recordOf('1')).toMatchObject({ status: 'RETRYING', attempts, lastError: error.message });
    expect(lines('failed')).toMatchObject([{ suspect: true, ...(attempts > 0 && { attempts }) }]);
  });

  it('is counted once if the answer of the count was lost', async () => {
    for (const step of ['countAttempt', 'claim', 'release'] as const) wiring.store.befall(step, 'undecided');
    const consumer = consumerOf(guarantee, () => {
      throw new Error('never');
    });
    await consumer(third(), remaining());
    expect(recordOf('1')).toMatchObject({ status: 'RETRYING', attempts: 1, lastError: 'never' });
  });

  it('does not start if its attempt cannot be counted', async () => {
    wiring.store.befall('countAttempt', 'down');
    wiring.store.befall('claim', 'down');
    let begun = 0;
    const consumer = consumerOf(guarantee, () => {
      begun += 1;
    });
    const response = await consumer(third(), remaining());
    expect(begun).toBe(0);
    expect(response.batchItemFailures).toEqual([{ itemIdentifier: 'm1' }]);
  });

  it('does not start if its count took three quarters of the invocation', async () => {
    // GIVEN an invocation of 30 s, of which the last half second is kept to settle
    for (const step of ['countAttempt', 'claim'] as const) {
      wiring.store.befall(step, () => {
        clock.time += 22_200;
      });
    }
    let begun = 0;
    const consumer = consumerOf(guarantee, () => {
      begun += 1;
    });
    const response = await consumer(third(), remaining());
    expect(begun).toBe(0);
    expect(response.batchItemFailures).toEqual([{ itemIdentifier: 'm1' }]);
    expect(lines('failed')).toMatchObject([{ code: 'STORE_BUSY' }]);
    expect(recordOf('1')).toMatchObject({ status: 'RETRYING', attempts: 0 });
  });

  it('that succeeds is applied, and its redelivery is a duplicate', async () => {
    const consumer = consumerOf(guarantee, () => {});
    await consumer(third(), remaining());
    await consumer(third({ receiveCount: 4 }), remaining());
    expect(wiring.logged.map(({ outcome }) => outcome).filter(Boolean)).toEqual(['applied', 'duplicate']);
    expect(recordOf('1')).toMatchObject({ status: 'COMPLETED' });
    expect(recordOf('1')?.lastError).toBeUndefined();
  });

  it('whose attempts never finished is given up only after a minute', async () => {
    const consumer = consumerOf(guarantee, () => {});
    await consumer(third(), remaining());
    wiring.memory.records.set('shop#urn:test#event-of-1', {
      ...recordOf('1'),
      status: 'RETRYING',
      ownerToken: 'of-the-dead',
      attempts: 5,
      firstAttemptAt: clock.now(),
    } as never);
    const late = { receiveCount: 9, firstReceived: clock.now() };
    await consumer(third(late), remaining());
    expect(lines('applied')).toHaveLength(2);
    expect(wiring.letters).toEqual([]);
  });
});

describe('a suspect under exactly-once', () => {
  it('whose commit the store does not accept is not counted', async () => {
    wiring.store.befall('commit', 'down');
    await consumerOf(exactlyOnce(), () => {})(third(), remaining());
    expect(recordOf('1')).toMatchObject({ status: 'RETRYING', attempts: 0, lastError: 'socket hang up' });
  });

  it('that fails while another delivery applies it is a duplicate', async () => {
    const other = consumerOf(exactlyOnce(), () => {});
    const failing = consumerOf(exactlyOnce(), async () => {
      await other(third({ messageId: 'm2', receiveCount: 1 }), remaining());
      throw new Error('never');
    });
    await expect(failing(third(), remaining())).resolves.toEqual({ batchItemFailures: [] });
    expect(wiring.logged.map(({ outcome }) => outcome).filter(Boolean)).toEqual(['applied', 'duplicate']);
    expect(recordOf('1')).toMatchObject({ status: 'COMPLETED', messageId: 'm2' });
  });
});

it.each([
  { name: 'exactly-once', guarantee: exactlyOnce(), calls: ['countAttempt', 'commit'] },
  { name: 'at-least-once', guarantee: atLeast, calls: ['claim', 'complete'] },
  { name: 'at-most-once', guarantee: atMostOnce(), calls: ['claim', 'complete'] },
])('a suspect under $name needs two writes for its body, besides those for its event', async ({
  guarantee,
  calls,
}) => {
  await consumerOf(guarantee, () => {})(third(), remaining());
  expect(wiring.store.calls).toEqual(['body claim', 'body release', ...calls]);
});

describe('a suspect under at-most-once', () => {
  it('is not counted before its handler, because a process that ends leaves an unknown outcome', async () => {
    let seen: unknown;
    await consumerOf(atMostOnce(), () => {
      seen = recordOf('1');
    })(third(), remaining());
    expect(seen).toMatchObject({ status: 'INPROGRESS', attempts: 0 });
    expect(seen).not.toMatchObject({ attemptState: 'STARTED' });
    expect(recordOf('1')).toMatchObject({ status: 'COMPLETED', attempts: 0 });
  });

  it('may start as late as any other message', async () => {
    wiring.store.befall('claim', () => {
      clock.time += 29_200;
    });
    let begun = 0;
    await consumerOf(atMostOnce(), () => {
      begun += 1;
    })(third(), remaining());
    expect(begun).toBe(1);
    expect(recordOf('1')).toMatchObject({ status: 'COMPLETED' });
  });
});

it('a suspect whose process ended under at-most-once is not run again', async () => {
  const begun: string[] = [];
  const consumer = consumerOf(atMostOnce(), async (id) => {
    begun.push(id);
    await new Promise(() => {});
  });
  void consumer(third(), remaining());
  await new Promise(setImmediate);
  clock.time += 60_000;
  await consumer(third({ receiveCount: 4 }), remaining());
  expect(begun).toEqual(['1']);
  expect(recordOf('1')).toMatchObject({ status: 'OUTCOME_UNKNOWN' });
});

describe('before a suspect starts', () => {
  const batch = () =>
    sqsEvent(
      sqsRecord(anOrder({ subject: '1', partitionkey: 'a' }), {
        messageId: 'm1',
        group: 'a',
        receiveCount: 4,
      }),
      sqsRecord(anOrder({ subject: '2', partitionkey: 'b' }), {
        messageId: 'm2',
        group: 'b',
        receiveCount: 3,
      }),
      sqsRecord(anOrder({ subject: '3', partitionkey: 'c' }), { messageId: 'm3', group: 'c' }),
    );

  it('all settled messages are deleted from the queue, each one once', async () => {
    const taken: string[] = [];
    const seen: string[][] = [];
    Object.assign(wiring.acknowledgements, {
      acknowledge: async (handles: string[]) => void taken.push(...handles),
    });
    await consumerOf(exactlyOnce(), () => seen.push([...taken]))(batch(), remaining());
    expect(seen).toEqual([[], ['receipt-of-m3'], ['receipt-of-m3', 'receipt-of-m2']]);
  });

  it('a queue that does not answer changes no result', async () => {
    Object.assign(wiring.acknowledgements, { acknowledge: () => Promise.reject(new Error('away')) });
    const response = await consumerOf(exactlyOnce(), () => {})(batch(), remaining());
    expect(response).toEqual({ batchItemFailures: [] });
  });
});
