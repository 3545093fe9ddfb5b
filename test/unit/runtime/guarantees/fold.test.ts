import { resolvedAttemptAttribute } from '../../../../contract/message-attributes.ts';
import type { OrderEvent } from '../../../../contract/orders/order-event.ts';
import { type Effect, increment, put, putIfNewer, raw } from '../../../../runtime/index.ts';
import {
  answerCommits,
  deliverOrders,
  type Handle,
  outcomesOf,
  type Received,
} from '../../../support/deliver-orders.ts';
import type { Fault } from '../../../support/faulty-store.ts';
import { orders } from '../../../support/tables.ts';
import { type FakeWiring, fakeWiring } from '../../../support/wiring.ts';

let wiring: FakeWiring;
let asked: string[];
beforeEach(() => {
  wiring = fakeWiring();
  asked = [];
});

/** An order of its own, and a sum that all share. */
const handle = ({ subject }: OrderEvent): readonly Effect[] => [
  put(orders, { orderId: subject }),
  increment('ledger', { orderId: 'all' }, { times: 1 }),
];

async function deliver(ids: readonly string[], by: Handle = handle, over: Record<string, Received> = {}) {
  wiring.store.calls.length = 0;
  const asking: Handle = (event) => {
    asked.push(event.subject);
    return by(event);
  };
  return await deliverOrders(wiring, ids, asking, over);
}

/** Asks a handler that goes on only when it is let, and before that keeps one order longer than a fold waits. */
function slowWith(id: string, then: () => unknown = () => {}) {
  let finish = () => {};
  const slow: Handle = async (event) => {
    if (event.subject === id) {
      setImmediate(() => {
        wiring.clock.time += 21;
      });
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
      then();
    }
    return handle(event);
  };
  return { slow, finish: () => finish() };
}

const onCommits = (...faults: (Fault | undefined)[]) =>
  wiring.store.befall('commit', ...faults.map((fault) => fault ?? (() => {})));
/** A store that refuses each commit that puts this order, for a condition, and says of no event that it is the one. */
const refuseWhatPuts = (id: string) =>
  answerCommits(wiring, (effects) =>
    effects.some((effect) => effect.kind === 'put' && effect.item.orderId === id)
      ? { kind: 'refused', by: 'condition', effects: [], reason: 'no' }
      : undefined,
  );
const outcomes = () => outcomesOf(wiring);
const times = () => wiring.memory.tables.item('ledger', { orderId: 'all' })?.times;
const recordOf = (id: string) => wiring.memory.records.get(`orders#urn:test#event-of-${id}`);
const ten = Array.from({ length: 10 }, (_, n) => `${n}`);

describe('messages of one group', () => {
  it('are committed in one request', async () => {
    await expect(deliver(ten)).resolves.toEqual([]);
    expect(wiring.store.calls).toEqual(['commit']);
    expect(times()).toBe(10);
    expect(wiring.memory.tables.items('orders')).toHaveLength(10);
    expect(new Set([...wiring.memory.records.values()].map(({ ownerToken: attempt }) => attempt)).size).toBe(
      10,
    );
  });

  it('are found to be duplicates in one request, if all were applied before', async () => {
    await deliver(ten);
    await expect(deliver(ten)).resolves.toEqual([]);
    expect(wiring.store.calls).toEqual(['commit']);
    expect(Object.values(outcomes())).toEqual(Array(10).fill('duplicate'));
    expect(times()).toBe(10);
  });

  it('need one more request for any number of duplicates among them', async () => {
    await deliver(['2', '5', '8']);
    await expect(deliver(ten)).resolves.toEqual([]);
    expect(wiring.store.calls).toEqual(['commit', 'commit']);
    expect(outcomes()).toMatchObject({ 'm-2': 'duplicate', 'm-3': 'applied', 'm-8': 'duplicate' });
    expect(times()).toBe(10);
  });

  it('need one more request for any number of stale effects among them', async () => {
    const versioned: Handle = ({ subject }) => [
      putIfNewer(orders, { orderId: subject, sequence: '5' }, { version: 'sequence' }),
      increment('ledger', { orderId: 'all' }, { times: 1 }),
    ];
    await deliver(['x', 'y'], ({ subject }) => [
      put(orders, { orderId: subject === 'x' ? '3' : '7', sequence: 9 }),
    ]);
    await deliver(ten, versioned);
    expect(wiring.store.calls).toEqual(['commit', 'commit']);
    const stale = wiring.logged.filter((line) => line.outcome === 'applied' && line.stale !== undefined);
    expect(stale.map(({ messageId }) => messageId)).toEqual(['m-3', 'm-7']);
    expect(times()).toBe(10);
  });

  it('need two more requests for a conflict in their middle, and only the conflict goes to the dead-letter queue', async () => {
    await deliver(['4'], handle, { 4: { total: 1 } });
    await expect(deliver(ten)).resolves.toEqual([]);
    // And an entry for operators, since the conflict has no record of its own.
    expect(wiring.store.calls).toEqual(['commit', 'commit', 'list', 'commit']);
    expect(outcomes()).toMatchObject({ 'm-3': 'applied', 'm-4': 'conflict', 'm-5': 'applied' });
    expect(wiring.letters).toHaveLength(1);
    expect(times()).toBe(10);
  });

  it('are applied except for the event with a refused effect, which fails only after it was committed alone', async () => {
    const refused = (event: OrderEvent) => [
      ...handle(event),
      ...(event.subject === '6' ? [put(orders, { orderId: 'x', total: Number.NaN })] : []),
    ];
    await expect(deliver(ten, refused)).resolves.toEqual(['m-6', 'm-7', 'm-8', 'm-9']);
    expect(outcomes()).toMatchObject({ 'm-5': 'applied', 'm-6': 'failed' });
    expect(recordOf('6')).toMatchObject({ status: 'RETRYING', attempts: 1 });
    expect(recordOf('7')).toBeUndefined();
    expect(times()).toBe(6);
  });

  it('each get their own verdict, for example a duplicate behind an event with a failed condition', async () => {
    await deliver(['3']);
    refuseWhatPuts('2');
    await expect(deliver(['0', '1', '2', '3', '4'])).resolves.toEqual([]);
    expect(outcomes()).toMatchObject({
      'm-1': 'applied',
      'm-2': 'poison',
      'm-3': 'duplicate',
      'm-4': 'applied',
    });
    expect(wiring.letters).toHaveLength(1);
    expect(times()).toBe(4);
  });

  it('are committed alone to find the refused one, if the store does not name it', async () => {
    // GIVEN a store that refuses whatever has this item in it, and says of no event that it is the one
    refuseWhatPuts('6');
    await expect(deliver(ten)).resolves.toEqual([]);
    expect(Object.entries(outcomes()).filter(([, outcome]) => outcome !== 'applied')).toEqual([
      ['m-6', 'poison'],
    ]);
    // No more than if each had stood alone, a look at the record of one and its quarantine included.
    expect(wiring.store.calls.length).toBeLessThanOrEqual(ten.length + 2);
    expect(times()).toBe(9);
  });

  it('stop before a failing handler, which is called once and counted once', async () => {
    const failing: Handle = (event) => {
      if (event.subject === '3') throw new Error('not now');
      return handle(event);
    };
    await expect(deliver(ten, failing)).resolves.toEqual(
      ['3', '4', '5', '6', '7', '8', '9'].map((id) => `m-${id}`),
    );
    expect(wiring.store.calls).toEqual(['commit', 'countAttempt']);
    expect(asked).toEqual(['0', '1', '2', '3']);
    expect(recordOf('3')).toMatchObject({ status: 'RETRYING', attempts: 1, lastError: 'not now' });
    expect(times()).toBe(3);
  });

  it('do not wait for a slow handler: the events before it are committed meanwhile', async () => {
    const committed: unknown[] = [];
    const { slow, finish } = slowWith('2', () => committed.push(times()));
    onCommits(() => setImmediate(() => setImmediate(finish)));
    await expect(deliver(['0', '1', '2', '3'], slow)).resolves.toEqual([]);
    expect(committed).toEqual([2]);
    expect(asked).toEqual(['0', '1', '2', '3']);
    expect(times()).toBe(4);
  });

  it('are not returned while a slow handler runs, even if its group has stopped before it', async () => {
    // GIVEN a conflict that blocks its group, and behind it a handler that is slow
    wiring = fakeWiring({ onPoison: 'block' });
    await deliver(['1'], handle, { 1: { total: 1 } });
    const { slow, finish } = slowWith('2');
    let isAnswered = false;
    const answer = deliver(['0', '1', '2'], slow).finally(() => {
      isAnswered = true;
    });
    for (let turn = 0; turn < 10; turn++) await new Promise(setImmediate);
    expect([outcomes(), isAnswered]).toEqual([{ 'm-0': 'applied', 'm-1': 'blocked' }, false]);
    finish();
    await expect(answer).resolves.toEqual(['m-1', 'm-2']);
  });

  it('have no outcome behind an event that stopped the group meanwhile', async () => {
    // GIVEN duplicates behind what another event takes the place of once the fold was refused for their sake
    wiring = fakeWiring({ onPoison: 'block' });
    await deliver(['3', '4']);
    onCommits(undefined, () =>
      wiring.memory.records.set('orders#urn:test#event-of-2', {
        ...recordOf('3'),
        fingerprint: 'other',
      } as never),
    );
    await expect(deliver(['0', '1', '2', '3', '4'])).resolves.toEqual(['m-2', 'm-3', 'm-4']);
    expect(Object.keys(outcomes()).filter((id) => id !== 'm-3' && id !== 'm-4')).toEqual([
      'm-0',
      'm-1',
      'm-2',
    ]);
    expect(outcomes()).toMatchObject({ 'm-2': 'blocked' });
  });

  it('all wait if the store does not answer, and no attempt is counted', async () => {
    onCommits('down', 'down');
    await expect(deliver(ten)).resolves.toEqual(ten.map((id) => `m-${id}`));
    expect(wiring.memory.records.size).toBe(0);
    await expect(deliver(ten)).resolves.toEqual([]);
    expect(times()).toBe(10);
  });

  it.each<readonly [string, Fault]>([
    ['was lost', 'undecided'],
    ['says that the store is busy', 'contended'],
  ])('are committed once if the first answer %s', async (_, fault) => {
    onCommits(fault);
    await expect(deliver(ten)).resolves.toEqual([]);
    expect(wiring.store.calls).toEqual(['commit', 'commit']);
    expect(Object.values(outcomes())).toEqual(Array(10).fill('applied'));
    expect(times()).toBe(10);
  });

  it('keep their owner tokens when they leave a fold, so that a commit that took effect late is their own', async () => {
    // GIVEN a fold that took effect although the store said no
    const { commit } = wiring.memory;
    let isFirst = true;
    wiring.memory.commit = async (commits, effects) => {
      const answer = await commit(commits, effects);
      if (!isFirst) return answer;
      isFirst = false;
      return { kind: 'refused', by: 'request', effects: [], reason: 'lost its way', cause: undefined };
    };
    await expect(deliver(['0', '1', '2'])).resolves.toEqual([]);
    // THEN each finds its own record
    expect(Object.values(outcomes())).toEqual(['applied', 'applied', 'applied']);
    expect(times()).toBe(3);
  });

  it('stop, in their order, at an event with a permanent error, with onPoison block', async () => {
    wiring = fakeWiring({ onPoison: 'block' });
    await deliver(['1'], handle, { 1: { total: 1 } });
    await expect(deliver(['0', '1', '2'])).resolves.toEqual(['m-1', 'm-2']);
    expect(outcomes()).toEqual({ 'm-0': 'applied', 'm-1': 'blocked' });
    expect(recordOf('2')).toBeUndefined();
  });
});

describe('versions of one item in a fold', () => {
  const versions: Record<string, string> = { a: '4', b: '7', c: '6', d: '7' };
  const versioned: Handle = ({ subject }) => [
    putIfNewer(
      orders,
      { orderId: 'latest', by: subject, sequence: versions[subject] },
      { version: 'sequence' },
    ),
  ];
  const held = (id: string) => JSON.parse(recordOf(id)?.result ?? 'null')?.stale?.[0]?.held;

  it('end as the newest one, or the first of equal ones, and older ones after it are stale', async () => {
    await deliver(Object.keys(versions), versioned);
    expect(wiring.store.calls).toEqual(['commit']);
    expect(wiring.memory.tables.item('orders', { orderId: 'latest' })).toMatchObject({
      by: 'b',
      sequence: 7,
    });
    expect(Object.keys(versions).map(held)).toEqual([undefined, undefined, '7', '7']);
  });

  it('are all stale if the stored version is newer', async () => {
    await deliver(['x'], () => [put(orders, { orderId: 'latest', by: 'x', sequence: 9 })]);
    await deliver(Object.keys(versions), versioned);
    expect(wiring.store.calls).toEqual(['commit', 'commit']);
    expect(wiring.memory.tables.item('orders', { orderId: 'latest' })).toMatchObject({ by: 'x' });
    expect(Object.keys(versions).map(held)).toEqual(['9', '9', '9', '9']);
  });
});

describe('a fold never contains', () => {
  it('suspects', async () => {
    await deliver(['0', '1', '2', '3'], handle, { 1: { receiveCount: 3 }, 2: { receiveCount: 3 } });
    expect(wiring.store.calls.filter((call) => call === 'commit')).toHaveLength(4);
    expect(times()).toBe(4);
  });

  it('an unknown outcome that an operator sent again', async () => {
    // GIVEN an unknown outcome among others, and the message that sends it again
    await deliver(['1']);
    const unknown = {
      ...recordOf('1'),
      status: 'OUTCOME_UNKNOWN',
      expiration: undefined,
      ownerToken: 'first',
    };
    wiring.memory.records.set('orders#urn:test#event-of-1', unknown as never);
    const again = { [resolvedAttemptAttribute]: { dataType: 'String' as const, stringValue: 'first' } };
    await deliver(['0', '1', '2'], handle, { 1: { attributes: again } });
    expect(recordOf('1')).toMatchObject({ status: 'COMPLETED' });
    expect(outcomes()).toMatchObject({ 'm-1': 'applied' });
  });

  it('two messages of one event', async () => {
    await expect(deliver(['0', '1', '0', '2'])).resolves.toEqual([]);
    expect(wiring.logged.filter(({ outcome }) => outcome === 'duplicate')).toHaveLength(1);
    expect(times()).toBe(3);
  });

  it('raw effects', async () => {
    const gone = raw({ Delete: { TableName: 'orders', Key: { orderId: { S: 'x' } } } });
    answerCommits(wiring, (effects) =>
      effects.some(({ kind }) => kind === 'raw') ? { kind: 'committed' } : undefined,
    );
    await deliver(['0', '1', '2'], (event) => (event.subject === '1' ? [gone] : handle(event)));
    expect(outcomes()).toEqual({ 'm-0': 'applied', 'm-1': 'applied', 'm-2': 'applied' });
    expect(wiring.store.calls.filter((call) => call === 'commit')).toHaveLength(3);
  });

  it('items of a table whose key is not known', async () => {
    await deliver(['0', '1'], ({ subject }) => [put('orders', { orderId: subject })]);
    expect(wiring.store.calls).toEqual(['commit', 'commit']);
  });

  it('more items than a transaction accepts', async () => {
    const many: Handle = ({ subject }) =>
      Array.from({ length: 20 }, (_, n) => put(orders, { orderId: `${subject}-${n}` }));
    await expect(deliver(ten, many)).resolves.toEqual([]);
    expect(wiring.store.calls).toHaveLength(3);
    const large: Handle = ({ subject }) =>
      Array.from({ length: 3 }, (_, n) => put(orders, { orderId: `${subject}-${n}`, text: 'x'.repeat(3e5) }));
    wiring = fakeWiring();
    await expect(deliver(ten, large)).resolves.toEqual([]);
    expect(wiring.store.calls).toHaveLength(4);
  });

  it('messages of other groups', async () => {
    await deliver(['0', '1'], handle, { 1: { group: 'another' } });
    expect(wiring.store.calls).toEqual(['commit', 'commit']);
  });
});
