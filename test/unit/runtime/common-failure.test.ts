import { bodyKey } from '../../../contract/event/identity.ts';
import { parseOrderEvent } from '../../../contract/orders/order-event.ts';
import {
  atMostOnce,
  createConsumer,
  exactlyOnce,
  NotExecutedError,
  PermanentError,
  UnclearError,
} from '../../../runtime/index.ts';
import { drain } from '../../support/event-source.ts';
import { FifoQueue } from '../../support/fifo-queue.ts';
import { anOrder } from '../../support/orders.ts';
import { type Act, atLeast, reasonsOf, shop, shopKey } from '../../support/shop.ts';
import { type RecordOptions, remaining, sqsEvent, sqsRecord } from '../../support/sqs.ts';
import { FakeClock, type FakeWiring, fakeWiring } from '../../support/wiring.ts';

const guarantees = [
  { name: 'exactly-once', guarantee: exactlyOnce() },
  { name: 'at-least-once', guarantee: atLeast },
] as const;
type AnyGuarantee = Parameters<typeof shop>[1];

let clock: FakeClock;
let queue: FifoQueue;
let wiring: FakeWiring;
beforeEach(() => {
  clock = new FakeClock();
  queue = new FifoQueue(clock);
  wiring = fakeWiring({
    clock,
    visibility: { change: async (handles, seconds) => queue.hide(handles, seconds) },
  });
});

const attemptsOf = (id: string) => wiring.memory.records.get(shopKey(id))?.attempts;
const lines = () => wiring.logged.filter(({ message }) => message === 'delivery');
const last = () => lines().at(-1);
const alarms = () => wiring.logged.filter(({ message }) => message === 'every event fails');
const reasons = () => reasonsOf(wiring.letters);
/** Orders, by their ids: a number that is padded, so that no id is part of another. */
const orders = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, n) => String(from + n).padStart(3, '0'));

function received(id: string, options: RecordOptions = {}) {
  return sqsRecord(anOrder({ subject: id, partitionkey: `g${id}` }), {
    messageId: `m${id}`,
    group: `g${id}`,
    ...options,
  });
}

const noDiscount: Act = (id) => {
  throw new TypeError(`order o${id} has no discount`);
};

/** A consumer whose handler acts by the order, else fails as all do. */
function failing(guarantee: AnyGuarantee, exceptions: Readonly<Record<string, Act>> = {}) {
  return shop(wiring, guarantee, (id) => (exceptions[id] ?? noDiscount)(id));
}

/** Delivers orders in batches of their own, one after the other. */
async function deliver(consumer: ReturnType<typeof shop>, ids: readonly string[], options?: RecordOptions) {
  for (const id of ids) await consumer(sqsEvent(received(id, options)), remaining());
}

describe.each(guarantees)('an error with which every event fails, under $name', ({ guarantee }) => {
  it('counts no attempts from the 20th event on, and gives up no event', async () => {
    // GIVEN 30 groups and a handler that a deployment corrects after two hours
    for (const id of orders(1, 30))
      queue.send(`m${id}`, `g${id}`, anOrder({ subject: id, partitionkey: id }));
    const corrected = clock.now() + 2 * 3_600_000;
    // WHEN
    await drain(
      queue,
      shop(wiring, guarantee, (id) => {
        if (clock.now() < corrected) noDiscount(id);
      }),
    );
    // THEN
    expect(wiring.letters).toEqual([]);
    expect(queue.deadLetters).toEqual([]);
    expect(lines().filter(({ outcome }) => outcome === 'applied')).toHaveLength(30);
    expect(clock.now()).toBeLessThan(corrected + 10 * 60_000);
  });

  it('counts the first 19 failures, and writes nothing for the later ones', async () => {
    await deliver(failing(guarantee), orders(1, 25));
    expect(orders(1, 19).map(attemptsOf)).toEqual(orders(1, 19).map(() => 1));
    // A lease that was given back leaves its record.
    expect(orders(20, 25).map((id) => attemptsOf(id) ?? 0)).toEqual([0, 0, 0, 0, 0, 0]);
    const said = { outcome: 'failed', code: 'TypeError' };
    expect(lines()[18]).toMatchObject({ ...said, attempts: 1 });
    expect(lines()[18]).not.toHaveProperty('commonFailure');
    expect(lines()[19]).toMatchObject({ ...said, commonFailure: true });
    expect(lines()[19]).not.toHaveProperty('attempts');
  });

  it('makes an event wait even if its attempts were used up before', async () => {
    // GIVEN an event that failed four times, some time ago
    const consumer = failing(guarantee);
    for (let n = 0; n < 4; n++) await deliver(consumer, ['001']);
    clock.time += 120_000;
    // WHEN it fails for the fifth time, as all do
    await deliver(consumer, [...orders(2, 20), '001', '001']);
    // THEN
    expect(attemptsOf('001')).toBe(4);
    expect(last()).toMatchObject({ outcome: 'failed', commonFailure: true });
    expect(wiring.letters).toEqual([]);
  });

  it('gives up no event whose last attempt was counted while the 20th event failed at the same time', async () => {
    // GIVEN 18 events that failed, one of them four times and some time ago
    const consumer = failing(guarantee);
    for (let n = 0; n < 4; n++) await deliver(consumer, ['001']);
    clock.time += 120_000;
    await deliver(consumer, orders(2, 18));
    // WHEN it fails together with two others
    await consumer(sqsEvent(...['019', '020', '001'].map((id) => received(id))), remaining());
    // THEN
    expect(attemptsOf('001')).toBe(5);
    expect(
      lines()
        .slice(-3)
        .map(({ outcome }) => outcome),
    ).toEqual(['failed', 'failed', 'failed']);
    expect(wiring.letters).toEqual([]);
  });

  it('ends when an event is applied; the next failure is counted again', async () => {
    const consumer = failing(guarantee, { '021': () => undefined });
    await deliver(consumer, orders(1, 22));
    expect(lines().slice(-3)).toMatchObject([
      { commonFailure: true },
      { outcome: 'applied' },
      { attempts: 1 },
    ]);
    expect(last()).not.toHaveProperty('commonFailure');
  });

  it('ends when an event fails with another error, which is counted', async () => {
    const other: Act = () => {
      throw new TypeError('the order has no customer');
    };
    await deliver(failing(guarantee, { '021': other }), orders(1, 22));
    expect(lines().slice(-2)).toMatchObject([{ attempts: 1 }, { attempts: 1 }]);
  });

  it('neither starts nor ends because of waiting events, poison, conflicts or duplicates', async () => {
    const says = (error: Error) => () => {
      throw error;
    };
    const silent = {
      '101': says(new NotExecutedError('closed')),
      '102': says(new UnclearError('no answer')),
      '103': says(new PermanentError('never')),
    };
    const applied: Act = () => undefined;
    const consumer = failing(guarantee, { ...silent, '104': applied, '105': applied });
    await deliver(consumer, ['104', '105']);
    await deliver(consumer, orders(1, 19));
    await deliver(consumer, Object.keys(silent));
    await deliver(consumer, ['104'], { messageId: 'again' });
    const conflict = anOrder({ subject: '105', partitionkey: 'g105' }, { total: 99 });
    await consumer(sqsEvent(sqsRecord(conflict, { messageId: 'conflict', group: 'g105' })), remaining());
    await deliver(consumer, ['020']);
    expect(
      lines()
        .map(({ outcome }) => outcome)
        .slice(21),
    ).toEqual(['failed', 'failed', 'poison', 'duplicate', 'conflict', 'failed']);
    expect(last()).toMatchObject({ commonFailure: true });
  });

  it('is not detected for one or a few events, however often they fail', async () => {
    const consumer = failing(guarantee);
    for (let n = 0; n < 10; n++) {
      await deliver(consumer, ['001', '002', '003']);
      clock.time += 15_000;
    }
    expect(reasons()).toMatchObject(Array(3).fill({ code: 'ATTEMPTS_EXHAUSTED' }));
    expect(alarms()).toEqual([]);
  });

  it('takes back the attempt that was counted before a suspect', async () => {
    const consumer = failing(guarantee);
    await deliver(consumer, orders(1, 19));
    await deliver(consumer, ['020'], { receiveCount: 3 });
    expect(attemptsOf('020')).toBe(0);
    expect(last()).toMatchObject({ outcome: 'failed', suspect: true, commonFailure: true });
  });

  it('still saves messages that their queue is about to delete', async () => {
    const consumer = failing(guarantee);
    await deliver(consumer, orders(1, 20));
    const sentAt = clock.now() - 4 * 86_400_000 + 60_000;
    await deliver(consumer, ['021'], { sentAt });
    expect(reasons()).toMatchObject([{ code: 'RETENTION', message: expect.stringContaining('no discount') }]);
  });

  it('makes messages wait with onPoison block too', async () => {
    wiring = fakeWiring({ clock, onPoison: 'block' });
    const consumer = failing(guarantee);
    for (let n = 0; n < 4; n++) await deliver(consumer, ['001']);
    clock.time += 120_000;
    await deliver(consumer, [...orders(2, 20), '001']);
    expect(last()).toMatchObject({ outcome: 'failed', commonFailure: true });
    expect(attemptsOf('001')).toBe(4);
  });

  it('writes its own log line, once per batch, and its own metric', async () => {
    const consumer = failing(guarantee);
    await deliver(consumer, orders(1, 19));
    expect(alarms()).toEqual([]);
    await consumer(sqsEvent(...orders(20, 23).map((id) => received(id))), remaining());
    expect(alarms()).toEqual([
      {
        level: 'ERROR',
        timestamp: new Date(clock.now()).toISOString(),
        message: 'every event fails',
        consumer: 'shop',
        code: 'TypeError',
        reason: expect.stringMatching(/^order o02\d has no discount$/),
      },
    ]);
    expect(wiring.logged.at(-1)).toMatchObject({ CommonFailure: 4, Failed: 4 });
  });

  it('is counted for each consumer of a process separately', async () => {
    await deliver(failing(guarantee), orders(1, 20));
    await deliver(failing(guarantee), ['021']);
    expect(last()).toMatchObject({ attempts: 1 });
  });
});

describe('the texts of one error', () => {
  const ids = orders(1, 20);
  it.each<[string, (id: string, n: number) => string]>([
    ['a number', (id) => `total ${id}.50 is too much`],
    ['an id with digits', (id) => `order 7f-${id}-ab: no discount`],
    ['a text in double quotes', (_, n) => `no discount "${letters(n)}"`],
    [
      'a text in single quotes, beside an apostrophe',
      (_, n) => `can't find '${letters(n)}' or '${letters(n + 1)}'`,
    ],
    ['a text in backquotes', (_, n) => `no property \`${letters(n)}\` of order`],
    [
      'a text in typographic quotes',
      (_, n) => `no \u201c${letters(n)}\u201d and no \u00ab${letters(n)}\u00bb`,
    ],
  ])('may differ in %s', async (_, text) => {
    const consumer = shop(wiring, exactlyOnce(), (id) => {
      throw new Error(text(id, Number(id)));
    });
    await deliver(consumer, ids);
    expect(last()).toMatchObject({ commonFailure: true });
  });

  it.each<[string, (n: number) => Error]>([
    ['the text', (n) => new Error(`no ${letters(n % 2)}`)],
    ['the code', (n) => (n % 2 === 0 ? new Error('no discount') : new TypeError('no discount'))],
  ])('must not differ in %s', async (_, error) => {
    await deliver(
      shop(wiring, exactlyOnce(), (id) => {
        throw error(Number(id));
      }),
      orders(1, 25),
    );
    expect(alarms()).toEqual([]);
  });

  const letters = (n: number) => String.fromCharCode(97 + n).repeat(3);
});

it.each([
  'quarantine',
  'block',
] as const)('a skip is looked for only where poison is to %s, and only of a common failure', async (onPoison) => {
  Object.assign(wiring, { onPoison });
  const waits = shop(wiring, exactlyOnce(), () => {
    throw new NotExecutedError('closed');
  });
  await deliver(waits, ['000']);
  expect(wiring.store.calls).not.toContain('block');
  await deliver(failing(exactlyOnce()), orders(1, 21));
  expect(last()).toMatchObject({ commonFailure: true });
  expect(wiring.store.calls.includes('block')).toBe(onPoison === 'block');
});

describe('under at-most-once', () => {
  it('an error with which every event fails leaves unknown outcomes, because each effect may have happened', async () => {
    await deliver(failing(atMostOnce()), orders(1, 25));
    expect(lines().every(({ outcome }) => outcome === 'unknown')).toBe(true);
    expect(alarms()).toEqual([]);
  });

  it('a parser that fails on every body makes the messages wait, because no handler has started', async () => {
    let isBroken = true;
    const base = { name: 'shop', guarantee: atMostOnce(), handle: async () => {} };
    const consumer = createConsumer(
      {
        ...base,
        parse: ({ body }) => {
          if (isBroken) throw new TypeError('Cannot read properties of undefined');
          return parseOrderEvent({ body });
        },
      },
      wiring,
    );
    await deliver(consumer, orders(1, 19));
    await deliver(consumer, ['020']);
    await deliver(consumer, ['021'], { receiveCount: 3 });
    const attemptsOfBody = (subject: string) =>
      wiring.memory.records.get(
        bodyKey('shop', JSON.stringify(anOrder({ subject, partitionkey: `g${subject}` }))),
      )?.attempts;
    expect(['019', '020', '021'].map(attemptsOfBody)).toEqual([1, 0, 0]);
    expect(last()).toMatchObject({ code: 'PARSER_FAILED', commonFailure: true });
    isBroken = false;
    await deliver(consumer, ['020', '021']);
    expect(lines().slice(-2)).toMatchObject([{ outcome: 'applied' }, { outcome: 'applied' }]);
  });
});
