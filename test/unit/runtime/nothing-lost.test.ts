import { parseOrderEvent } from '../../../contract/orders/order-event.ts';
import {
  type ConsumerHandler,
  createConsumer,
  exactlyOnce,
  increment,
  NotExecutedError,
  PermanentError,
  skip,
} from '../../../runtime/index.ts';
import { drain } from '../../support/event-source.ts';
import { FifoQueue } from '../../support/fifo-queue.ts';
import { anOrder } from '../../support/orders.ts';
import { type Act, atLeast, reasonsOf, shop, shopKey } from '../../support/shop.ts';
import { remaining, sqsEvent, sqsRecord } from '../../support/sqs.ts';
import { FakeClock, type FakeWiring, fakeWiring } from '../../support/wiring.ts';

const hour = 3_600_000;
const day = 24 * hour;
const tick = () => new Promise(setImmediate);

let clock: FakeClock;
let queue: FifoQueue;
let wiring: FakeWiring;
beforeEach(() => {
  clock = new FakeClock();
  queue = new FifoQueue(clock, { visibilityTimeout: 180 });
  wiring = fakeWiring({
    clock,
    visibility: {
      change: async (handles, seconds) => {
        wiring.hidden.push({ handles, seconds });
        queue.hide(handles, seconds);
      },
    },
    acknowledgements: { acknowledge: async (handles) => queue.remove(handles) },
  });
});

const consumerOf = (guarantee: Parameters<typeof shop>[1], act: Act, options?: { concurrency?: number }) =>
  shop(wiring, guarantee, act, options);
const key = shopKey;
const recordOf = (id: string) => wiring.memory.records.get(key(id));
const reasons = () => reasonsOf(wiring.letters);
const rec = (id: string, group: string, receiveCount: number, over: object = {}) =>
  sqsRecord(anOrder({ subject: id, partitionkey: group }), {
    messageId: `m-${id}`,
    group,
    receiveCount,
    sentAt: clock.now(),
    firstReceived: clock.now(),
    ...over,
  });
const lines = () => wiring.logged.filter(({ message }) => message === 'delivery');

it('a message whose copy failed once is not hidden past its deletion', async () => {
  const { send } = wiring.deadLetters;
  let refusals = 1;
  Object.assign(wiring.deadLetters, {
    send: async (letter: never) => {
      if (refusals-- > 0) throw new Error('throttled once');
      await send(letter);
    },
  });
  queue.send('m1', 'g', anOrder({ subject: '1' }));
  await drain(
    queue,
    consumerOf(atLeast, () => {
      throw new NotExecutedError('closed', { retryAfter: 12 * hour });
    }),
  );
  expect({ lost: queue.expired, saved: reasons().length }).toEqual({ lost: [], saved: 1 });
});

describe('a message that gets no time because of other messages', () => {
  it('starts even if each batch has a new message that takes 16 of 30 s', async () => {
    queue = new FifoQueue(clock, { visibilityTimeout: 180, retention: 6 * 3600 });
    Object.assign(wiring, { queueRetentionSeconds: 6 * 3600 });
    let away = 2;
    const consumer = consumerOf(exactlyOnce(), async (id) => {
      if (id === 'old' && away-- > 0) throw new NotExecutedError('away');
      const end = clock.now() + 16_000;
      await tick();
      clock.time = Math.max(clock.time, end);
    });
    queue.send('m-old', 'old', anOrder({ subject: 'old', partitionkey: 'old' }));
    for (let n = 0; n < 3000 && queue.expired.length === 0 && recordOf('old')?.status !== 'COMPLETED'; n++) {
      // A fresh message of another group is there all the time.
      queue.send(`m-${n}`, `g${n}`, anOrder({ subject: `${n}`, partitionkey: `g${n}` }));
      const batch = queue.receive();
      const response = await consumer(batch, remaining());
      const failed = new Set(response.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
      queue.remove(
        batch.Records.filter(({ messageId }) => !failed.has(messageId)).map((r) => r.receiptHandle),
      );
    }
    const receives = queue.received.filter(({ id }) => id === 'm-old').length;
    expect({
      lost: queue.expired,
      saved: reasons().length,
      record: recordOf('old')?.status,
      receives,
    }).toEqual(expect.objectContaining({ lost: [], record: 'COMPLETED' }));
  });

  it('is not hidden past its deletion', async () => {
    const age = 4 * day - 60_000; // a minute before its deletion
    const consumer = consumerOf(
      exactlyOnce(),
      () => {
        clock.time += 29_300;
      },
      { concurrency: 1 },
    );
    // A deep backlog: it is received, and there is no time.
    await consumer(
      sqsEvent(rec('slow', 'a', 1), rec('old', 'b', 8, { sentAt: clock.now() - age })),
      remaining(),
    );
    const hidden = wiring.hidden.find(({ handles }) => handles.includes('receipt-of-m-old'));
    // Hidden past its deletion, and in no dead-letter queue
    expect({ letters: reasons().length, hiddenPastDeletion: (hidden?.seconds ?? 0) > 30 }).not.toEqual({
      letters: 0,
      hiddenPastDeletion: true,
    });
  });
});

describe('an at-least-once attempt whose completion is pending at the deadline', () => {
  it.each([1, 3])('is completed and not repeated at receive %i', async (receiveCount) => {
    const begun = clock.now();
    let calls = 0;
    const consumer = consumerOf(atLeast, () => {
      calls += 1;
      clock.time = begun + 29_250; // signal would be aborted at 29_300
    });
    wiring.store.befall('complete', async () => {
      clock.time = begun + 29_520; // its answer is 270 ms late: the deadline is 29_500, the last moment 29_600
      await tick();
      await tick();
    });
    await consumer(sqsEvent(rec('1', 'g', receiveCount)), remaining());
    const first = lines().at(-1);
    clock.time += 60_000;
    await consumer(sqsEvent(rec('1', 'g', receiveCount + 1)), remaining());
    expect({ calls, first: first?.outcome, reason: first?.reason }).toEqual({
      calls: 1,
      first: 'applied',
      reason: undefined,
    });
  });
});

it('near the retention no suspect starts after its deadline or without its lease', async () => {
  const start = clock.now();
  const late = { sentAt: start - (4 * day - hour) + 1999 };
  const real = wiring.store.claim;
  let first = true;
  Object.assign(wiring.store, {
    claim: async (...args: Parameters<typeof real>) => {
      const answer = await real(...args);
      if (first) {
        first = false;
        clock.time = start + 20_000; // its deadline is 19_750 (rescue time), latestHandlerStart 22_125
        await tick();
        await tick();
      }
      return answer;
    },
  });
  const seen: object[] = [];
  let atOnce = 0;
  let most = 0;
  const consumer: ConsumerHandler = consumerOf(atLeast, async (_, signal) => {
    atOnce += 1;
    most = Math.max(most, atOnce);
    seen.push({ status: recordOf('1')?.status, attempts: recordOf('1')?.attempts, aborted: signal?.aborted });
    if (seen.length === 1) {
      // Another message of the same event, in another function, at the same time.
      await consumer(sqsEvent(rec('1', 'g', 1, { messageId: 'm9' })), remaining());
    }
    atOnce -= 1;
  });
  await consumer(sqsEvent(rec('1', 'g', 3, late)), remaining());
  expect({ most, seen, lines: lines().map((l) => [l.messageId, l.outcome, l.code, l.reason]) }).toEqual({
    most: expect.any(Number),
    seen: [],
    lines: expect.anything(),
  });
});

it('the messages behind a suspect leave the second half of the invocation to other suspects', async () => {
  const begun: string[] = [];
  const consumer = consumerOf(exactlyOnce(), (id) => {
    begun.push(id);
    clock.time += 3500;
  });
  await consumer(
    sqsEvent(
      rec('a1', 'a', 3),
      ...[2, 3, 4, 5, 6, 7, 8, 9].map((n) => rec(`a${n}`, 'a', 1)),
      rec('K', 'k', 3),
    ),
    remaining(),
  );
  expect(begun).toContain('K');
});

it('messages behind settled ones are hidden for at most 2 seconds', async () => {
  const consumer = consumerOf(exactlyOnce(), () => {
    clock.time += 29_300;
  });
  await consumer(sqsEvent(rec('a1', 'a', 500), rec('a2', 'a', 500)), remaining());
  expect(wiring.hidden.map(({ seconds }) => seconds)).toEqual([expect.any(Number)]);
  expect(wiring.hidden[0]?.seconds).toBeLessThanOrEqual(2);
});

it('poison that blocks is copied before its receives are used up', async () => {
  Object.assign(wiring, { onPoison: 'block', maxReceiveCount: 100 });
  queue = new FifoQueue(clock, { maxReceiveCount: 100 });
  queue.send('m-bad', 'g', anOrder({ subject: 'bad' }));
  // A deployment that does not start, 98 receives long.
  for (let n = 0; n < 98; n++) {
    queue.receive();
    queue.passHidden();
  }
  const from = clock.now();
  await drain(
    queue,
    consumerOf(exactlyOnce(), () => {
      throw new PermanentError('no');
    }),
    { until: () => queue.deadLetters.length > 0 },
  );
  expect({
    movedBySqs: queue.deadLetters,
    copies: reasons().map(({ code }) => code),
    hours: (clock.now() - from) / hour,
  }).toEqual({ movedBySqs: [], copies: [expect.any(String)], hours: expect.any(Number) });
});

it('a skip that cannot be read because of a missing permission is reported', async () => {
  Object.assign(wiring, { onPoison: 'block' });
  const refuses = consumerOf(exactlyOnce(), () => {
    throw new PermanentError('no');
  });
  await refuses(sqsEvent(rec('1', 'g', 1)), remaining());
  await skip({ store: wiring.store, id: key('1'), messageId: 'm-1' });
  wiring.store.befall('block', () => {
    throw Object.assign(new Error('not authorized to perform dynamodb:UpdateItem'), { name: 'AccessDenied' });
  });
  await refuses(sqsEvent(rec('1', 'g', 2)), remaining());
  expect(JSON.stringify(wiring.logged)).toContain('UpdateItem');
});

it('a process that ends once near the retention loses no message', async () => {
  // A function of 15 minutes has a visibility timeout of 90, which is longer than the hour that is kept.
  const clock = new FakeClock();
  const queue = new FifoQueue(clock, { visibilityTimeout: 5400 });
  const pass = queue.passHidden.bind(queue);
  queue.passHidden = () => {
    if (queue.size > 0) pass();
  };
  let died = () => {};
  const wiring = fakeWiring({
    clock,
    visibilityTimeoutSeconds: 5400,
    visibility: { change: async (handles, seconds) => queue.hide(handles, seconds) },
  });
  const sent = clock.now();
  queue.send('m1', 'g', anOrder({ subject: '1' }));
  let killed = false;
  const consumer = createConsumer(
    {
      name: 'shop',
      parse: parseOrderEvent,
      guarantee: exactlyOnce(),
      handle: async () => {
        if (!killed && clock.now() - sent > 93 * hour - 400_000) {
          killed = true;
          await tick();
          died();
          await new Promise(() => {});
        }
        throw new NotExecutedError('away');
      },
    },
    wiring,
  );
  await drain(queue, consumer, {
    most: 3000,
    died: () =>
      new Promise<undefined>((resolve) => {
        died = () => resolve(undefined);
      }),
  });
  expect({ killed, deleted: queue.expired, saved: wiring.letters.length }).toEqual({
    killed: true,
    deleted: [],
    saved: 1,
  });
});

it('a count is taken back even if the store is contended once at the deadline', async () => {
  const clock = new FakeClock();
  const wiring = fakeWiring({ clock });
  const begun = clock.now();
  let ended = () => {};
  const end = new Promise<void>((resolve) => {
    ended = resolve;
  });
  Object.assign(wiring, { endProcess: () => ended() });
  // A transaction that is slow on its server: an update of an item in it is refused meanwhile (TransactionConflictException).
  wiring.store.befall('commit', async () => {
    clock.time = begun + 29_500;
    await tick();
    await tick();
    clock.time = begun + 29_600;
    await new Promise<never>(() => {});
  });
  wiring.store.befall('release', 'contended');
  const consumer = createConsumer(
    {
      name: 'shop',
      parse: parseOrderEvent,
      guarantee: exactlyOnce(),
      handle: () => [increment('ledger', { orderId: '1' }, { times: 1 })],
    },
    wiring,
  );
  void consumer(sqsEvent(sqsRecord(anOrder({ subject: '1' }), { receiveCount: 3 })), remaining());
  await end;
  expect(wiring.store.calls).toEqual([
    'body claim',
    'body release',
    'countAttempt',
    'commit',
    'release',
    'release',
  ]);
  expect(wiring.memory.records.get('shop#urn:test#event-of-1')?.attempts).toBe(0);
});
