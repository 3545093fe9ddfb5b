/* What must never be held against a suspect, and what must never be forgotten of one. */

import { resolvedAttemptAttribute } from '../../../contract/message-attributes.ts';
import { atMostOnce, type ConsumerHandler, exactlyOnce, NotExecutedError } from '../../../runtime/index.ts';
import { drain } from '../../support/event-source.ts';
import type { FifoQueue } from '../../support/fifo-queue.ts';
import { anOrder } from '../../support/orders.ts';
import { queueWiring } from '../../support/queue-wiring.ts';
import { type Act, atLeast, reasonsOf, shop, shopKey } from '../../support/shop.ts';
import { remaining, sqsEvent, sqsRecord } from '../../support/sqs.ts';
import type { FakeClock, FakeWiring } from '../../support/wiring.ts';

let clock: FakeClock;
let queue: FifoQueue;
let wiring: FakeWiring;
let died = () => {};
let draw = 0;
beforeEach(() => {
  ({ clock, queue, wiring } = queueWiring({ visibilityTimeout: 180 }));
  Object.assign(wiring, {
    acknowledgements: { acknowledge: async (handles: readonly string[]) => queue.remove(handles) },
    endProcess: () => died(),
  });
  died = () => {};
  draw = 0;
  const { random } = wiring;
  random.next = () => {
    draw = (draw + 0.37) % 1;
    return draw;
  };
});

const consumerOf = (guarantee: Parameters<typeof shop>[1], act: Act) => shop(wiring, guarantee, act);

const key = shopKey;
const recordOf = (id: string) => wiring.memory.records.get(key(id));
const reasons = () => reasonsOf(wiring.letters);
const diedOnce = {
  died: () =>
    new Promise<undefined>((resolve) => {
      died = () => resolve(undefined);
    }),
};
const never = () => new Promise<never>(() => {});
const tick = () => new Promise(setImmediate);
const third = (over: Parameters<typeof sqsRecord>[1] = {}) =>
  sqsEvent(sqsRecord(anOrder({ subject: '1' }), { messageId: 'm1', receiveCount: 3, ...over }));

/** A record as the dead leave it: five attempts began, none ended. */
async function plantNeverEnded(guarantee: 'exactly-once' | 'at-least-once') {
  // One delivery writes a true record, then it is put back to what a dead one leaves.
  await consumerOf(guarantee === 'exactly-once' ? exactlyOnce() : atLeast, () => {
    throw new NotExecutedError('later');
  })(third(), remaining());
  wiring.memory.records.set(key('1'), {
    ...recordOf('1'),
    status: 'RETRYING',
    ownerToken: 'of-the-dead',
    attempts: 5,
    attemptState: 'STARTED',
    firstAttemptAt: clock.now(),
  } as never);
  clock.time += 120_000;
  wiring.logged.length = 0;
  wiring.store.calls.length = 0;
}

describe('a store that hangs is no reason to give up', () => {
  it.each([
    ['commit', exactlyOnce()],
    ['complete', atLeast],
  ] as const)('%s never answers, while the records are written well', async (step, guarantee) => {
    wiring.store.befall(
      step,
      ...Array.from({ length: 12 }, () => () => {
        clock.time += 29_700;
        return never();
      }),
    );
    queue.send('m1', 'g1', anOrder({ subject: '1' }));
    await drain(
      queue,
      consumerOf(guarantee, () => {}),
      diedOnce,
    );
    expect(reasons()).toEqual([]);
    expect(recordOf('1')).toMatchObject({ status: 'COMPLETED' });
  });
});

describe('other messages of a batch', () => {
  it.each([
    ['a busy group before it', 1, true],
    // The fewest receives first: for as long as others come that were received less often, it is not begun in time.
    ['nine other suspects before it', 3, false],
  ])('do not use up the attempts of a slow healthy message, with %s in each batch', async (_, receiveCount, isApplied) => {
    // GIVEN a function of 30 s, a message that takes 12 s, and nine that take 2.2 s each
    let invocationEnd = 0;
    const inner = consumerOf(exactlyOnce(), async (id) => {
      const end = clock.now() + (id === 'slow' ? 12_000 : 2200);
      await tick();
      if (end > invocationEnd - 400) {
        clock.time = invocationEnd - 400;
        await never();
      }
      clock.time = Math.max(clock.time, end);
    });
    // WHEN
    for (
      let round = 0;
      round < 8 && recordOf('slow')?.status !== 'COMPLETED' && wiring.letters.length === 0;
      round++
    ) {
      const slow = sqsRecord(anOrder({ subject: 'slow', partitionkey: 'slow' }), {
        messageId: 'slow',
        group: 'slow',
        receiveCount: 4 + round,
      });
      const others = Array.from({ length: 9 }, (_, n) => {
        const id = `${round}-${n}`;
        const group = receiveCount === 1 ? 'busy' : id;
        return sqsRecord(anOrder({ subject: id, partitionkey: group }), {
          messageId: id,
          group,
          receiveCount,
        });
      });
      invocationEnd = clock.now() + 30_000;
      const ended = diedOnce.died();
      await Promise.race([inner(sqsEvent(slow, ...others), remaining(30_000)), ended]);
      clock.time = invocationEnd + 20_000;
    }
    // THEN
    expect(reasons()).toEqual([]);
    expect(recordOf('slow')?.status === 'COMPLETED').toBe(isApplied);
    expect(recordOf('slow')?.attempts ?? 0).toBeLessThanOrEqual(1);
  });
});

describe('a suspect does not start without enough time', () => {
  it('after the acknowledgement took too long', async () => {
    const begun: string[] = [];
    Object.assign(wiring.acknowledgements, {
      // Two tries of two seconds: sqs-source-queue.ts.
      acknowledge: async () => {
        clock.time += 4000;
        throw new Error('timed out');
      },
    });
    const consumer = consumerOf(exactlyOnce(), (id) => void begun.push(id));
    const batch = sqsEvent(
      sqsRecord(anOrder({ subject: '1', partitionkey: 'a' }), {
        messageId: 'm1',
        group: 'a',
        receiveCount: 3,
      }),
      sqsRecord(anOrder({ subject: '2', partitionkey: 'b' }), {
        messageId: 'm2',
        group: 'b',
        receiveCount: 4,
      }),
    );
    // deadline: 4100 ms from now; 100 ms are left for the second one, less than `floor`.
    await consumer(batch, remaining(4600));
    expect(begun).toEqual(['1']);
  });

  it('after the count took too long, five times', async () => {
    const slow = () => {
      clock.time += 29_400;
    };
    wiring.store.befall('countAttempt', ...Array.from({ length: 6 }, () => slow));
    // Healthy: needs 300 ms.
    let invocationEnd = 0;
    const inner = consumerOf(exactlyOnce(), async () => {
      if (clock.now() + 300 > invocationEnd - 400) {
        clock.time = invocationEnd - 400;
        await never();
      }
      clock.time += 300;
    });
    const consumer: ConsumerHandler = (event, context) => {
      invocationEnd = clock.now() + 30_000;
      return inner(event, context);
    };
    // Two receives in which the store was away.
    wiring.store.befall('commit', 'down', 'down');
    queue.send('m1', 'g1', anOrder({ subject: '1' }));
    await drain(queue, consumer, diedOnce);
    expect(reasons()).toEqual([]);
  });
});

it.each([
  ['exactly-once', exactlyOnce()],
  ['at-least-once', atLeast],
] as const)('what was given up is not begun again where its copy cannot be sent (%s)', async (name, guarantee) => {
  await plantNeverEnded(name);
  let begun = 0;
  const consumer = consumerOf(guarantee, () => {
    begun += 1;
  });
  const { send } = wiring.deadLetters;
  Object.assign(wiring.deadLetters, { send: () => Promise.reject(new Error('queue is away')) });
  await consumer(third({ receiveCount: 9 }), remaining());
  Object.assign(wiring.deadLetters, { send });
  expect(begun).toBe(0);
  await consumer(third({ receiveCount: 10 }), remaining());
  expect(begun).toBe(0);
});

it.each([
  [3, -1, 0],
  [1, 0, 1],
])('an event that an operator sent again is counted like any other at receive %i', async (receiveCount) => {
  // GIVEN a record that is unknown, left by at-most-once
  const held = consumerOf(atMostOnce(), () => {
    throw new Error('timeout');
  });
  await held(third({ messageId: 'm0', receiveCount: 1 }), remaining());
  expect(recordOf('1')).toMatchObject({ status: 'OUTCOME_UNKNOWN' });
  const attempt = recordOf('1')?.ownerToken as string;
  const attributes = {
    [resolvedAttemptAttribute]: { dataType: 'String', stringValue: attempt },
  } as never;
  // WHEN
  const failing = consumerOf(exactlyOnce(), () => {
    throw new Error('never');
  });
  await failing(third({ messageId: 'm1', receiveCount, attributes }), remaining());
  // THEN
  expect(recordOf('1')).toMatchObject({ status: 'RETRYING', attempts: 1 });
});

it('the count of an event that an operator sent again is taken back too', async () => {
  await consumerOf(atMostOnce(), () => {
    throw new Error('timeout');
  })(third({ messageId: 'm0', receiveCount: 1 }), remaining());
  const attempt = recordOf('1')?.ownerToken as string;
  const attributes = {
    [resolvedAttemptAttribute]: { dataType: 'String', stringValue: attempt },
  } as never;
  await consumerOf(exactlyOnce(), () => {
    throw new NotExecutedError('closed');
  })(third({ messageId: 'm1', attributes }), remaining());
  expect(recordOf('1')?.attempts).toBe(0);
});

it('messages that are acknowledged before a suspect starts are in the metrics, even if the suspect ends the process', async () => {
  const consumer = consumerOf(atMostOnce(), async (id) => {
    if (id === '3') throw new Error('socket hang up');
    await never();
  });
  const taken: string[] = [];
  Object.assign(wiring.acknowledgements, {
    acknowledge: async (handles: string[]) => void taken.push(...handles),
  });
  void consumer(
    sqsEvent(
      sqsRecord(anOrder({ subject: '1', partitionkey: 'a' }), {
        messageId: 'm1',
        group: 'a',
        receiveCount: 3,
      }),
      sqsRecord(anOrder({ subject: '3', partitionkey: 'c' }), { messageId: 'm3', group: 'c' }),
    ),
    remaining(),
  );
  await tick();
  // The process ends here: out of memory. m3 is deleted, so no other delivery will ever count it.
  expect(taken).toEqual(['receipt-of-m3']);
  expect(wiring.logged.filter((line) => '_aws' in line)).toMatchObject([{ OutcomeUnknown: 1 }]);
});

it('suspects that have no time left do not end a process in which no handler runs', async () => {
  let ends = 0;
  died = () => {
    ends += 1;
  };
  Object.assign(wiring.visibility, {
    change: async () => {
      const end = clock.now() + 30;
      await tick();
      clock.time = Math.max(clock.time, end);
    },
  });
  const consumer = consumerOf(exactlyOnce(), () => {
    clock.time += 29_350;
  });
  const records = Array.from({ length: 10 }, (_, n) =>
    sqsRecord(anOrder({ subject: `${n}`, partitionkey: `g${n}` }), {
      messageId: `m${n}`,
      group: `g${n}`,
      receiveCount: 3,
    }),
  );
  await consumer(sqsEvent(...records), remaining());
  await tick();
  expect(ends).toBe(0);
});

it('an attempt is counted once, whatever another delivery counts in between', async () => {
  const other = consumerOf(exactlyOnce(), () => {
    throw new Error('other');
  });
  const failing = consumerOf(exactlyOnce(), async () => {
    await other(third({ messageId: 'm2', receiveCount: 1 }), remaining());
    throw new Error('never');
  });
  await failing(third(), remaining());
  // Two deliveries failed.
  expect(recordOf('1')).toMatchObject({ attempts: 2 });
});

it('a failure of the event stays counted if only the answer of its release was lost', async () => {
  wiring.store.befall('release', 'lost');
  await consumerOf(exactlyOnce(), () => {
    throw new Error('never');
  })(third(), remaining());
  expect(recordOf('1')).toMatchObject({ status: 'RETRYING', attempts: 1 });
});

it.each([
  ['countAttempt', exactlyOnce()],
  ['claim', atLeast],
] as const)('%s is written while its answers are lost for ten minutes: what never began is not given up', async (step, guarantee) => {
  const outageEnd = clock.now() + 600_000;
  const { store } = wiring;
  const real = store[step] as (...args: unknown[]) => Promise<unknown>;
  Object.assign(store, {
    [step]: async (...args: unknown[]) => {
      const answer = await real(...args);
      return clock.now() < outageEnd ? { kind: 'contended', cause: new Error('timeout') } : answer;
    },
  });
  store.befall('commit', 'down', 'down');
  queue.send('m1', 'g1', anOrder({ subject: '1' }));
  await drain(
    queue,
    consumerOf(guarantee, () => {}),
    diedOnce,
  );
  expect(reasons()).toEqual([]);
  expect(recordOf('1')).toMatchObject({ status: 'COMPLETED' });
});

it('an event whose handler reports an error is tried again, even if the count could not be written', async () => {
  let begun = 0;
  const consumer = consumerOf(atLeast, () => {
    begun += 1;
    throw new Error('says why');
  });
  for (let n = 0; n < 5; n++) {
    wiring.store.befall('release', 'down');
    await consumer(third({ receiveCount: 3 + n }), remaining());
    clock.time += 60_000;
  }
  expect(begun).toBe(5);
  // A deployment mends it.
  await consumerOf(atLeast, () => {})(third({ receiveCount: 9 }), remaining());
  expect(recordOf('1')).toMatchObject({ status: 'COMPLETED' });
  expect(wiring.letters).toEqual([]);
});
