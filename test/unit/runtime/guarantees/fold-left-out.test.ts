import { tombstoneAttribute } from '../../../../contract/record/record-attributes.ts';
import type { EffectWrite } from '../../../../runtime/handler/effects/index.ts';
import { increment, put, putIfNewer } from '../../../../runtime/index.ts';
import {
  answerCommits,
  deliveriesOf,
  deliverOrders,
  type Handle,
  outcomesOf,
} from '../../../support/deliver-orders.ts';
import { orders } from '../../../support/tables.ts';
import { type FakeWiring, fakeWiring } from '../../../support/wiring.ts';

let wiring: FakeWiring;
beforeEach(() => {
  wiring = fakeWiring();
});

const outcomes = () => outcomesOf(wiring);
const latest = () => wiring.memory.tables.item('orders', { orderId: 'latest' });
const throttled = { kind: 'contended', cause: new Error('ThrottlingError') } as const;

/** Keeps the latest order; the event's id is its version. */
const keepLatest =
  (more: (subject: string) => Readonly<Record<string, unknown>> = () => ({})): Handle =>
  ({ subject }) => [
    putIfNewer(orders, { orderId: 'latest', sequence: subject, ...more(subject) }, { version: 'sequence' }),
  ];

/** DynamoDB's limit of an item (AWS: "Service, account, and table quotas"), and how it refuses more. */
function refuseLargeItems() {
  const isLarge = (effect: EffectWrite) => JSON.stringify(effect).length > 400 * 1024;
  answerCommits(wiring, (effects) =>
    effects.some(isLarge)
      ? {
          kind: 'refused',
          by: 'request',
          effects: [],
          reason: 'Item size has exceeded the maximum allowed size',
        }
      : undefined,
  );
}

/** The store never sees a version that a newer one of its fold replaces, and has to refuse it all the same. */
describe('an event whose effect the store would refuse fails, even if a newer effect of its fold replaces that effect', () => {
  it('if its item is too large', async () => {
    refuseLargeItems();
    const text = 'x'.repeat(401 * 1024);
    await deliverOrders(
      wiring,
      ['1', '2', '3'],
      keepLatest((subject) => (subject === '2' ? { text } : {})),
    );
    expect(outcomes()).toEqual({ 'm-1': 'applied', 'm-2': 'failed' });
  });

  it('if its item has the attribute of a tombstone', async () => {
    await deliverOrders(
      wiring,
      ['1', '2', '3'],
      keepLatest((subject) => (subject === '2' ? { [tombstoneAttribute]: true } : {})),
    );
    expect(outcomes()).toEqual({ 'm-1': 'applied', 'm-2': 'failed' });
    expect(latest()).toEqual({ orderId: 'latest', sequence: 1 });
  });
});

describe('a fold with stale effects whose answer was lost', () => {
  it('counts for each event the stale effects that its record lists', async () => {
    // GIVEN that something newer than the second event is there
    await deliverOrders(wiring, ['0'], () => [
      putIfNewer(orders, { orderId: '2', sequence: '9' }, { version: 'sequence' }),
    ]);
    wiring.store.befall('commit', () => {}, 'undecided');
    // WHEN the commit without it happens, and nobody is told
    await deliverOrders(wiring, ['1', '2', '3'], ({ subject }) => [
      putIfNewer(orders, { orderId: subject, sequence: '5' }, { version: 'sequence' }),
      increment('ledger', { orderId: 'all' }, { times: 1 }),
    ]);
    const told = deliveriesOf(wiring).map(({ messageId, outcome, stale }) => [messageId, outcome, stale]);
    expect(told.slice(1)).toEqual([
      ['m-1', 'applied', undefined],
      ['m-2', 'applied', 1],
      ['m-3', 'applied', undefined],
    ]);
    expect(wiring.memory.tables.item('ledger', { orderId: 'all' })).toMatchObject({ times: 3 });
  });
});

describe('a fold over a busy store', () => {
  it('is not retried after the deadline of its deliveries', async () => {
    // GIVEN an invocation of 1,100 ms, of which the last 500 are kept to settle
    const begun = wiring.clock.now();
    const tries: number[] = [];
    answerCommits(wiring, (_, events) => {
      if (events > 1) tries.push(wiring.clock.now() - begun);
      return throttled;
    });
    const again = await deliverOrders(
      wiring,
      ['0', '1'],
      ({ subject }) => [put(orders, { orderId: subject })],
      {},
      1100,
    );
    // THEN
    expect(again).toEqual(['m-0', 'm-1']);
    expect(tries.length).toBeGreaterThan(1);
    for (const time of tries) expect(time).toBeLessThanOrEqual(600);
  });
});
