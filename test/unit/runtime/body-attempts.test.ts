import type { EventParser } from '../../../contract/event/event-parser.ts';
import { bodyKey } from '../../../contract/event/identity.ts';
import { type OrderEvent, parseOrderEvent } from '../../../contract/orders/order-event.ts';
import {
  atMostOnce,
  type ConsumerHandler,
  createConsumer,
  exactlyOnce,
  NotExecutedError,
  skip,
} from '../../../runtime/index.ts';
import { memoryStore } from '../../../runtime/stores/memory/memory-store.ts';
import { deferred } from '../../support/deferred.ts';
import { drain } from '../../support/event-source.ts';
import type { FifoQueue } from '../../support/fifo-queue.ts';
import { mortal } from '../../support/mortal.ts';
import { anOrder } from '../../support/orders.ts';
import { queueWiring } from '../../support/queue-wiring.ts';
import { type Act, atLeast, reasonsOf, shop, shopKey } from '../../support/shop.ts';
import { type RecordOptions, remaining, sqsEvent, sqsRecord } from '../../support/sqs.ts';
import type { FakeClock, FakeWiring } from '../../support/wiring.ts';

type Parse = EventParser<OrderEvent>;

const guarantees = [
  { name: 'exactly-once', guarantee: exactlyOnce() },
  { name: 'at-least-once', guarantee: atLeast },
  { name: 'at-most-once', guarantee: atMostOnce() },
] as const;

let clock: FakeClock;
let queue: FifoQueue;
let wiring: FakeWiring;
beforeEach(() => {
  ({ clock, queue, wiring } = queueWiring({ visibilityTimeout: 180 }));
});

const order = (subject: string, over: object = {}) => anOrder({ subject, partitionkey: `g${subject}` }, over);
const recordOf = (id: string) => wiring.memory.records.get(shopKey(id));
const recordOfBody = (body: string | object) =>
  wiring.memory.records.get(bodyKey('shop', typeof body === 'string' ? body : JSON.stringify(body)));
const lines = () => wiring.logged.filter(({ message }) => message === 'delivery');
const outcomes = () => lines().map(({ outcome }) => outcome);
const reasons = () => reasonsOf(wiring.letters);
const received = (body: unknown, options: RecordOptions = {}) =>
  sqsEvent(sqsRecord(body, { messageId: 'm1', group: 'g1', firstReceived: clock.now(), ...options }));

const broken: Parse = () => {
  throw new TypeError('lines is not iterable');
};

/** Ends the process of each invocation that parses this body, and tells how often it has. */
function deadly(body: string | object, guarantee: Parameters<typeof shop>[1], act: Act) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  let ended: Promise<undefined> | undefined;
  const seen = { ends: 0 };
  const consumer: ConsumerHandler = (...args) => {
    const { over, die, whileAlive } = mortal(wiring);
    const { promise, resolve } = deferred<undefined>();
    ended = promise;
    const parse: Parse = ({ body: one }) => {
      if (one !== text) return parseOrderEvent({ body: one });
      seen.ends += 1;
      die();
      resolve(undefined);
      throw new Error('nobody sees this');
    };
    return shop({ ...wiring, ...over }, guarantee, whileAlive(act), { parse })(...args);
  };
  const drained = async (until = () => false) =>
    await drain(queue, consumer, { died: () => ended as Promise<undefined>, until });
  return { seen, drained };
}

describe.each(guarantees)('a body that ends its process in the parser, under $name', ({ guarantee }) => {
  it.each<
    [string, { readonly body?: string | object; readonly other?: true; readonly publishedAt?: number }]
  >([
    ['of an event', {}],
    ['that has the id of another event', { other: true }],
    ['that is older than its record would be', { publishedAt: 1 }],
    ['that names no event', { body: { ...order('2'), source: undefined } }],
    ['that is no JSON', { body: 'deadly <2>' }],
  ])('is given up after its attempts, and the other messages are applied: %s', async (_, {
    body = order('2'),
    other,
    publishedAt,
  }) => {
    // GIVEN
    const handled: string[] = [];
    const act = (id: string) => void handled.push(id);
    if (other) await shop(wiring, guarantee, () => {})(received(order('2', { total: 99 })), remaining());
    const attributes =
      publishedAt === undefined
        ? {}
        : { 'first-published': { dataType: 'Number', stringValue: String(publishedAt) } };
    for (const id of ['1', '2', '3']) {
      queue.send(`m${id}`, `g${id}`, id === '2' ? body : order(id), id === '2' ? attributes : {});
    }
    // WHEN
    const { seen, drained } = deadly(body, guarantee, act);
    await drained();
    // THEN
    expect(reasons()).toMatchObject([{ code: 'ATTEMPTS_EXHAUSTED', attempts: 5 }]);
    expect(reasons()[0].message).toContain('The process ended before the attempt finished');
    expect(recordOf('2')?.status).toBe(other && 'COMPLETED');
    expect(recordOfBody(body)).toMatchObject({ status: 'QUARANTINED', attempts: 0 });
    expect(handled.toSorted()).toEqual(['1', '3']);
    expect(['1', '3'].map((id) => recordOf(id)?.status)).toEqual(['COMPLETED', 'COMPLETED']);
    // Twice before it was a suspect, and five times that were counted.
    expect(seen.ends).toBe(7);
  });

  it('blocks its group with onPoison block, until it is skipped in the record of that body', async () => {
    Object.assign(wiring, { onPoison: 'block' });
    queue.send('m2', 'g2', order('2'));
    const { drained } = deadly(order('2'), guarantee, () => {});
    await drained(() => outcomes().includes('blocked'));
    const { recordId, eventId } = lines().findLast(({ outcome }) => outcome === 'blocked') ?? {};
    expect(eventId).toBe('event-of-2');
    await skip({ store: wiring.store, id: recordId as string, messageId: 'm2' });
    await drained();
    expect(reasons()).toMatchObject([{ message: expect.stringMatching(/^Skipped by an operator: /) }]);
  });

  it.each([
    ['that names no event', { ...order('2'), source: undefined }, {}],
    ['that is too old to tell', order('2'), { 'first-published': { dataType: 'Number', stringValue: '1' } }],
  ])('is given up even with onPoison block, because no later delivery can settle it: %s', async (_, body, attributes) => {
    Object.assign(wiring, { onPoison: 'block' });
    queue.send('m2', 'g2', body, attributes);
    await deadly(body, guarantee, () => {}).drained();
    expect(outcomes()).not.toContain('blocked');
    expect(reasons()).toMatchObject([{ code: 'ATTEMPTS_EXHAUSTED', attempts: 5 }]);
  });

  it('is a duplicate after its attempts, if its event was applied before', async () => {
    await shop(wiring, guarantee, () => {})(received(order('2'), { messageId: 'm0' }), remaining());
    queue.send('m2', 'g2', order('2'));
    await deadly(order('2'), guarantee, () => {}).drained();
    expect(lines().at(-1)).toMatchObject({ outcome: 'duplicate', appliedWith: 'm0' });
    expect(reasons()).toEqual([]);
  });
});

describe.each(guarantees)('a parser that fails over an event that was applied, under $name', ({
  guarantee,
}) => {
  it.each([
    'quarantine',
    'block',
  ] as const)('makes a duplicate of it, where poison is to %s', async (onPoison) => {
    Object.assign(wiring, { onPoison });
    const [one, other] = [order('1'), order('1', { total: 99 })];
    await shop(wiring, guarantee, () => {})(received(one), remaining());
    const consumer = shop(wiring, guarantee, () => {}, { parse: broken });
    for (const receiveCount of [2, 3]) await consumer(received(one, { receiveCount }), remaining());
    expect(outcomes()).toEqual(['applied', 'duplicate', 'duplicate']);
    expect(recordOf('1')).toMatchObject({ status: 'COMPLETED', messageId: 'm1' });
    // Other content under its name is none.
    await consumer(received(other, { messageId: 'm2' }), remaining());
    expect(lines().at(-1)).toMatchObject({ outcome: 'failed', code: 'PARSER_FAILED', attempts: 1 });
  });

  it('waits after any number of attempts while the store does not answer, and then is a duplicate', async () => {
    await shop(wiring, guarantee, () => {})(received(order('1')), remaining());
    const consumer = shop(wiring, guarantee, () => {}, { parse: broken });
    for (let receiveCount = 1; receiveCount < 10; receiveCount++) {
      wiring.store.befall('release', 'down');
      await consumer(received(order('1'), { receiveCount }), remaining());
      expect(lines().at(-1)).toMatchObject({ outcome: 'failed', reason: 'socket hang up' });
      clock.time += 30_000;
    }
    expect(recordOfBody(order('1'))).toMatchObject({ status: 'RETRYING', attempts: 9 });
    await consumer(received(order('1'), { receiveCount: 10 }), remaining());
    expect(lines().at(-1)).toMatchObject({ outcome: 'duplicate' });
    expect(reasons()).toEqual([]);
  });
});

describe.each(guarantees)('the attempts of a body under $name', ({ guarantee }) => {
  it('are reset after the parser has read the body', async () => {
    let parse: Parse = broken;
    const waits = () => {
      throw new NotExecutedError('closed');
    };
    const consumer = shop(wiring, guarantee, waits, { parse: (message) => parse(message) });
    const deliver = async (receiveCount: number) => {
      await consumer(received(order('1'), { receiveCount }), remaining());
      clock.time += 30_000;
    };
    for (let receive = 1; receive <= 4; receive++) await deliver(receive);
    expect(recordOfBody(order('1'))).toMatchObject({ status: 'RETRYING', attempts: 4 });
    parse = parseOrderEvent;
    await deliver(5);
    expect(recordOfBody(order('1'))).toMatchObject({ status: 'RETRYING', attempts: 0 });
    parse = broken;
    await deliver(6);
    expect(recordOfBody(order('1'))).toMatchObject({ status: 'RETRYING', attempts: 1 });
    expect(reasons()).toEqual([]);
  });

  it('do not change if the parser asks to wait', async () => {
    let error: Error = new TypeError('lines is not iterable');
    const parse = () => {
      throw error;
    };
    const consumer = shop(wiring, guarantee, () => {}, { parse });
    for (const receiveCount of [1, 2]) await consumer(received(order('1'), { receiveCount }), remaining());
    error = new NotExecutedError('the registry of schemas is closed');
    await consumer(received(order('1'), { receiveCount: 3 }), remaining());
    expect(lines().at(-1)).toMatchObject({ outcome: 'failed', code: 'NOT_DONE' });
    expect(recordOfBody(order('1'))).toMatchObject({ status: 'RETRYING', attempts: 2 });
  });

  it('are counted for a failed parser late in an invocation too', async () => {
    const parse = () => {
      clock.time += 24_000;
      throw new TypeError('lines is not iterable');
    };
    await shop(wiring, guarantee, () => {}, { parse })(received(order('1')), remaining());
    expect(lines()).toMatchObject([{ outcome: 'failed', code: 'PARSER_FAILED', attempts: 1 }]);
  });

  it('belong to one consumer, and are in the store of its guarantee', async () => {
    const store = memoryStore({});
    const own = { 'exactly-once': exactlyOnce({ store }), 'at-most-once': atMostOnce({ store }) };
    const given = own[guarantee.name as keyof typeof own] ?? atMostOnce({ store });
    const names = ['shop', 'other'];
    for (const name of names) {
      const options = { name, parse: broken, guarantee: given, handle: () => [] as never };
      const consumer = createConsumer(options as never, wiring);
      await consumer(received(order('1'), { receiveCount: 3 }), remaining());
    }
    expect(wiring.store.calls).toEqual([]);
    for (const name of names) {
      const record = await store.find(bodyKey(name, JSON.stringify(order('1'))));
      expect(record).toMatchObject({ attempts: 1 });
    }
  });

  it('are not counted at a first delivery without errors, or after the parser has run', async () => {
    const consumer = shop(wiring, guarantee, () => {});
    await consumer(received(order('1')), remaining());
    const { attributes, ...record } = received(order('2'), { receiveCount: 3 }).Records[0] as never as {
      readonly attributes: { readonly MessageGroupId?: string };
    };
    const { MessageGroupId: _, ...others } = attributes;
    const nameless = { ...record, body: JSON.stringify({ ...order('2'), partitionkey: undefined }) };
    await consumer(sqsEvent({ ...nameless, attributes: others } as never), remaining());
    expect(wiring.store.calls.filter((call) => call.startsWith('body'))).toEqual([]);
  });
});

describe.each(guarantees)('a suspect under $name', ({ guarantee }) => {
  it('is counted and handled even if its own parser takes most of the invocation', async () => {
    let attempts: number | undefined;
    const parse: Parse = ({ body }) => {
      clock.time += 24_000;
      return parseOrderEvent({ body });
    };
    const act = () => {
      attempts = recordOf('1')?.attempts;
    };
    await shop(wiring, guarantee, act, { parse })(received(order('1'), { receiveCount: 3 }), remaining());
    expect(attempts).toBe(guarantee.name === 'at-most-once' ? 0 : 1);
    expect(outcomes()).toEqual(['applied']);
  });

  it('is handled even if the record of its body does not say that it was read', async () => {
    wiring.store.befall('body release', 'down', 'down');
    await shop(wiring, guarantee, () => {})(received(order('1'), { receiveCount: 3 }), remaining());
    expect(wiring.logged.slice(0, 2)).toMatchObject([
      { level: 'WARN', message: 'A body was read, and its record does not say so' },
      { outcome: 'applied' },
    ]);
  });

  it('is not counted if its parser leaves too little time to its handler', async () => {
    let attempts: number | undefined;
    const parse: Parse = ({ body }) => {
      clock.time += 28_000;
      return parseOrderEvent({ body });
    };
    const act = () => {
      attempts = recordOf('1')?.attempts ?? 0;
    };
    await shop(wiring, guarantee, act, { parse })(received(order('1'), { receiveCount: 3 }), remaining());
    expect(attempts).toBe(0);
    expect(outcomes()).toEqual(['applied']);
  });

  it('is poison if its body is not a text', async () => {
    const [record] = received(order('1'), { receiveCount: 3 }).Records;
    const consumer = shop(wiring, guarantee, () => {});
    await consumer(sqsEvent({ ...record, body: undefined } as never), remaining());
    expect(reasons()).toMatchObject([{ code: 'INVALID_EVENT', field: 'body' }]);
  });

  it('is handled even if the lease of its body was taken over while its parser ran', async () => {
    const parse: Parse = ({ body }) => {
      const id = bodyKey('shop', body);
      const record = wiring.memory.records.get(id);
      if (record !== undefined) wiring.memory.records.set(id, { ...record, ownerToken: 'of-another' });
      return parseOrderEvent({ body });
    };
    const consumer = shop(wiring, guarantee, () => {}, { parse });
    await consumer(received(order('1'), { receiveCount: 1000 }), remaining());
    expect(outcomes()).toEqual(['applied']);
    expect(recordOf('1')).toMatchObject({ guarantee: guarantee.name });
  });
});

describe.each(guarantees)('a slow store under $name', ({ guarantee }) => {
  it('is not counted against a suspect whose time it used up with the record of the body', async () => {
    const begun = clock.now();
    let attempts: number | undefined;
    const consumer = shop(wiring, guarantee, () => {
      attempts = recordOf('1')?.attempts ?? 0;
    });
    wiring.store.befall('body release', () => {
      clock.time = begun + 27_000;
    });
    await consumer(received(order('1'), { receiveCount: 3 }), remaining());
    expect(attempts).toBe(0);
    expect(outcomes()).toEqual(['applied']);
  });

  it('is asked only once whether the event of a failed body was applied', async () => {
    wiring.store.befall('release', 'contended');
    await shop(wiring, guarantee, () => {}, { parse: broken })(received(order('1')), remaining());
    expect(wiring.store.calls).toEqual(['body claim', 'body release', 'release']);
    expect(lines()).toMatchObject([{ outcome: 'failed', code: 'STORE_BUSY' }]);
    expect(recordOfBody(order('1'))).toMatchObject({ status: 'RETRYING', attempts: 1 });
  });

  it('leaves the error of a failed parser in the log if it does not accept the count', async () => {
    wiring.store.befall('body release', 'down');
    await shop(wiring, guarantee, () => {}, { parse: broken })(received(order('1')), remaining());
    expect(lines()).toMatchObject([{ outcome: 'failed', code: 'PARSER_FAILED' }]);
    expect(lines()[0]).not.toHaveProperty('attempts');
  });
});

describe.each(guarantees)('an event whose attempts never finished, under $name', ({ guarantee }) => {
  it('is not started again, even if the store did not accept the write that takes the count back', async () => {
    let ends = 0;
    const key = bodyKey('shop', JSON.stringify(order('1')));
    const consumer = shop(wiring, guarantee, () => {}, {
      parse: ({ body }) => {
        ends += 1;
        return parseOrderEvent({ body });
      },
    });
    const options = { receiveCount: 8, firstReceived: clock.now() - 120_000 };
    await consumer(received(order('1'), { receiveCount: 3 }), remaining());
    wiring.memory.records.delete(shopKey('1'));
    wiring.memory.records.set(key, {
      ...recordOfBody(order('1')),
      ownerToken: 'of-the-dead',
      attempts: 5,
      firstAttemptAt: clock.now() - 120_000,
      attemptState: 'STARTED',
    } as never);
    wiring.store.befall('body release', 'down');
    await consumer(received(order('1'), options), remaining());
    expect(lines().at(-1)).toMatchObject({ outcome: 'failed' });
    clock.time += 60_000;
    await consumer(received(order('1'), options), remaining());
    expect(ends).toBe(1);
    expect(reasons()).toMatchObject([{ code: 'ATTEMPTS_EXHAUSTED' }]);
  });
});

it('a skipped message whose own delivery holds the lease is copied once and listed, without further requests', async () => {
  Object.assign(wiring, { onPoison: 'block' });
  const fails: Act = () => {
    throw new TypeError('total is undefined');
  };
  const consumer = shop(wiring, atLeast, fails);
  for (let receive = 1; receive <= 6; receive++) {
    await consumer(received(order('1'), { firstReceived: 1 }), remaining());
    clock.time += 30_000;
  }
  await skip({ store: wiring.store, id: shopKey('1'), messageId: 'm1' });
  for (let n = 2; n < 21; n++) {
    await consumer(received(order(`${n}`), { messageId: `m${n}`, group: `g${n}` }), remaining());
  }
  wiring.store.calls.length = 0;
  wiring.store.befall('release', 'down');
  await consumer(received(order('1'), { firstReceived: 1 }), remaining());
  expect(wiring.store.calls).toEqual(['claim', 'release', 'block', 'quarantine', 'list']);
  expect(reasons()).toMatchObject([{ message: expect.stringMatching(/^Skipped by an operator: /) }]);
});
