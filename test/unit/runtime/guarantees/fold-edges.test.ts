import { type Effect, increment, put } from '../../../../runtime/index.ts';
import {
  answerCommits,
  deliverOrders,
  type Handle,
  outcomesOf,
  type Received,
} from '../../../support/deliver-orders.ts';
import { orders } from '../../../support/tables.ts';
import { type FakeWiring, fakeWiring } from '../../../support/wiring.ts';

let wiring: FakeWiring;
beforeEach(() => {
  wiring = fakeWiring();
});

const counted = () => increment('ledger', { orderId: 'all' }, { times: 1 });
const handle: Handle = () => [counted()];

const deliver = (
  ids: readonly string[],
  by: Handle = handle,
  over: Record<string, Received> = {},
  time?: number,
) => deliverOrders(wiring, ids, by, over, time);

const outcomes = () => outcomesOf(wiring);
const macrotask = () => new Promise<void>(setImmediate);
const stored = () => wiring.memory.tables.items('orders').map(({ orderId }) => orderId);

const onCommit = (answer: Parameters<typeof answerCommits>[1]) => answerCommits(wiring, answer);

const sentAlmostAway = () => wiring.clock.now() - 4 * 86_400_000 + 3_600_000;
const throttled = { kind: 'contended', cause: new Error('ThrottlingError') } as const;

describe('a handler that reuses one list for all events', () => {
  const list: Effect[] = [];
  const reusing =
    (effectsOf: (subject: string) => Effect[]): Handle =>
    ({ subject }) => {
      list.length = 0;
      list.push(...effectsOf(subject));
      return list;
    };

  it('has the effects of each event committed, if the events leave a busy fold', async () => {
    onCommit((_, events) => (events > 1 ? throttled : undefined));
    await deliver(
      ['0', '1', '2'],
      reusing((subject) => [put(orders, { orderId: subject })]),
    );
    // Otherwise order 2 is written three times, and the records of 0 and 1 say that they were applied.
    expect(outcomes()).toEqual({ 'm-0': 'applied', 'm-1': 'applied', 'm-2': 'applied' });
    expect(stored()).toEqual(['0', '1', '2']);
  });

  it('has each amount added once, if the sum does not fit a double', async () => {
    const amounts: Record<string, number> = { 0: 0.1, 1: 1e20, 2: 7 };
    await deliver(
      ['0', '1', '2'],
      reusing((subject) => [
        increment('ledger', { orderId: 'all' }, { spent: amounts[subject] ?? 0 }),
        put(orders, { orderId: subject }),
      ]),
    );
    expect(stored()).toEqual(['0', '1', '2']);
  });
});

describe('a handler that reuses one object for the items of all events', () => {
  const order = { orderId: '' };
  const reusing: Handle = ({ subject }) => {
    Object.assign(order, { orderId: subject, lines: [{ sku: subject }] });
    return [put(orders, order)];
  };
  const all = { 'm-0': 'applied', 'm-1': 'applied', 'm-2': 'applied' };

  it('has the item of each event committed', async () => {
    await deliver(['0', '1', '2'], reusing);
    // Otherwise order 2 is written in the place of 0 and 1, whose records say that they were applied.
    expect(outcomes()).toEqual(all);
    expect(stored()).toEqual(['0', '1', '2']);
  });

  it('has the item of each event committed, also for groups that run at once', async () => {
    await deliver(['0', '1', '2'], reusing, { 0: { group: 'a' }, 1: { group: 'b' }, 2: { group: 'c' } });
    expect(outcomes()).toEqual(all);
    expect(stored()).toEqual(['0', '1', '2']);
  });

  it('has the item of each event committed, also if it waits before it fills the object', async () => {
    await deliver(['0', '1', '2'], async (event) => {
      await macrotask();
      return reusing(event);
    });
    expect(outcomes()).toEqual(all);
    expect(stored()).toEqual(['0', '1', '2']);
  });
});

describe('a result that is not a list', () => {
  it.each<readonly [string, () => unknown]>([
    ['an empty text', () => ''],
    ['an empty map', () => new Map()],
    ['a generator', function* () {}],
  ])('fails in a fold in the same way as alone: %s', async (_, returned) => {
    const by: Handle = (event) => (event.subject === '1' ? (returned() as never) : handle(event));
    await deliver(['1'], by);
    const alone = outcomes()['m-1'];
    wiring = fakeWiring();
    await deliver(['0', '1', '2'], by);
    expect(alone).toBe('failed');
    expect(outcomes()).toMatchObject({ 'm-0': 'applied', 'm-1': 'failed' });
  });
});

describe('a conflict whose copy is slow', () => {
  async function untilTheEnd(sentAt?: number) {
    await deliver(['1'], handle, { 1: { total: 1 } });
    wiring.logged.length = 0;
    const { send } = wiring.deadLetters;
    wiring.deadLetters.send = async (letter) => {
      if (letter.deduplicationId === 'm-1') return await new Promise<never>(() => {});
      return await send(letter);
    };
    void deliver(['0', '1'], handle, sentAt === undefined ? {} : { 0: { sentAt } });
    for (let turn = 0; turn < 20; turn++) await macrotask();
    wiring.clock.time += 29_700;
    for (let turn = 0; turn < 20; turn++) await macrotask();
    expect(wiring.ends).toHaveLength(1);
  }

  it('does not delay the deletion of the events before it', async () => {
    await untilTheEnd();
    expect(wiring.acknowledged).toEqual(['receipt-of-m-0']);
    expect(outcomes()).toMatchObject({ 'm-0': 'applied' });
  });

  it('does not send the applied events before it to the dead-letter queue', async () => {
    await untilTheEnd(sentAlmostAway());
    expect(wiring.memory.records.get('orders#urn:test#event-of-0')?.status).toBe('COMPLETED');
    expect(wiring.letters.map(({ deduplicationId }) => deduplicationId)).not.toContain('m-0');
  });
});

it('a message that its queue is about to delete is saved before the invocation ends, if the store does not answer', async () => {
  const run = async (...ids: string[]) => {
    wiring = fakeWiring();
    onCommit(() => {
      // Three requests of 3 s, until the client gives up.
      wiring.clock.time += 9000;
      return throttled;
    });
    const sentAt = sentAlmostAway();
    void deliver(ids, handle, Object.fromEntries(ids.map((id) => [id, { sentAt }])), 15_000);
    for (let turn = 0; turn < 50; turn++) await macrotask();
    return wiring.ends.length;
  };
  expect({ alone: await run('0'), folded: await run('0', '1') }).toEqual({ alone: 0, folded: 0 });
});

it('a hot item does not delay the events before it', async () => {
  onCommit((effects) => (effects.some(({ kind }) => kind === 'put') ? throttled : undefined));
  const ids = Array.from({ length: 10 }, (_, n) => `${n}`);
  const begun = wiring.clock.now();
  let before = Number.POSITIVE_INFINITY;
  const { output } = wiring;
  (wiring as { output: typeof output }).output = (line) => {
    if (line.includes('"m-8"')) before = wiring.clock.now() - begun;
    output(line);
  };
  await deliver(ids, (event) => (event.subject === '9' ? [put(orders, { orderId: 'hot' })] : handle(event)));
  // One by one they take no time at all; a fold may take its second.
  expect(before).toBeLessThan(2000);
});

it('a fold does not start a handler that has no time left, because it would end the process', async () => {
  const begun: string[] = [];
  onCommit(() => {
    wiring.clock.time += 300;
    return undefined;
  });
  const by: Handle = async (event) => {
    begun.push(event.subject);
    if (event.subject === '1') {
      setImmediate(() => {
        wiring.clock.time += 21;
      });
      await new Promise(() => {});
    }
    return handle(event);
  };
  // GIVEN time for one more message and no second one
  void deliver(['0', '1'], by, {}, 1000);
  for (let turn = 0; turn < 50; turn++) await macrotask();
  wiring.clock.time += 1000;
  for (let turn = 0; turn < 50; turn++) await macrotask();
  expect({ begun, ends: wiring.ends.length }).toEqual({ begun: ['0'], ends: 0 });
});
