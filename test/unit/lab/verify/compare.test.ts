import Big from 'big.js';
import type { OrderEvent } from '../../../../contract/orders/order-event.ts';
import { compare as compareTables } from '../../../../lab/verify/compare.ts';
import {
  type Account,
  type Expectation,
  eventKey,
  expectationOf,
  itemDigest,
  type VersionedItem,
} from '../../../../lab/verify/expectation.ts';
import type { HeldRecord, Place } from '../../../../lab/verify/tables.ts';
import { anOrder } from '../../../support/orders.ts';

const orders = [
  anOrder({ subject: '1', partitionkey: 'a' }, { total: 0.1 }),
  anOrder({ subject: '2', partitionkey: 'a', sequence: '2' }, { total: 0.2 }),
  anOrder({ subject: '3', partitionkey: 'b', type: 'order.cancelled' }, { total: -5 }),
];

async function* stream<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

/** Tables in which every event was applied exactly once; each test spoils them in one way. */
async function given(): Promise<{ expected: Expectation; found: Mutable }> {
  const expected = await expectationOf(stream(orders));
  return {
    expected,
    found: {
      records: completed(expected),
      places: placesOf(orders),
      orders: new Map(expected.orders),
      customers: new Map(expected.customers),
      accounts: new Map(expected.accounts),
    },
  };
}

function record(over: Partial<HeldRecord> = {}): HeldRecord {
  return { status: 'COMPLETED', fingerprint: 'any', lastError: '', ...over };
}

function completed({ events }: Expectation): Map<string, HeldRecord> {
  return new Map([...events].map(([key, fingerprint]) => [key, record({ fingerprint })]));
}

function placesOf(events: readonly OrderEvent[]): Map<string, Place[]> {
  const places = new Map<string, Place[]>();
  for (const [completedAt, { partitionkey, sequence }] of events.entries()) {
    const place = { sequence: BigInt(sequence), completedAt };
    places.set(partitionkey, [...(places.get(partitionkey) ?? []), place]);
  }
  return places;
}

/** The tables, as the verifier reads them. */
function compare(expected: Expectation, { records, ...tables }: Mutable) {
  return compareTables(expected, { ...tables, records: () => records });
}

interface Mutable {
  readonly records: Map<string, HeldRecord>;
  readonly places: Map<string, Place[]>;
  readonly orders: Map<string, VersionedItem>;
  readonly customers: Map<string, VersionedItem>;
  readonly accounts: Map<string, Account>;
}

describe('the verifier', () => {
  it('finds no problem if every event was applied once, and adds decimals exactly', async () => {
    const { expected, found } = await given();
    expect(compare(expected, found)).toEqual({
      missing: 0,
      doubled: 0,
      regressions: 0,
      gaps: 0,
      gapLines: [],
      late: 0,
      ledgerTotal: '-4.7',
      ledgerExpected: '-4.7',
      problems: [],
    });
  });

  it('reports a ledger that is off by 0.01', async () => {
    const { expected, found } = await given();
    found.accounts.set('a', { spent: new Big('0.31'), orders: 2 });
    expect(compare(expected, found)).toMatchObject({
      ledgerTotal: '-4.69',
      problems: ['ledger of a: 0.31 in 2 orders, expected 0.3 in 2'],
    });
  });

  it('reports a deleted order', async () => {
    const { expected, found } = await given();
    found.orders.delete('2');
    expect(compare(expected, found)).toMatchObject({ missing: 1, problems: ['order 2 is missing'] });
  });

  it('reports an order that differs from its event', async () => {
    const { expected, found } = await given();
    found.orders.set('2', { sequence: 2n, digest: 'other' });
    expect(compare(expected, found).problems).toEqual(['order 2 differs from its event']);
  });

  it.each([
    'orders',
    'customers',
  ] as const)('reports one of the %s that has an older version', async (items) => {
    const { expected, found } = await given();
    const id = items === 'orders' ? '2' : 'a';
    found[items].set(id, { sequence: 1n, digest: 'older' });
    const what = items.slice(0, -1);
    expect(compare(expected, found)).toMatchObject({
      regressions: 1,
      problems: [`${what} ${id} is at sequence 1, expected 2`],
    });
    found[items].set(id, { sequence: undefined, digest: 'older' });
    expect(compare(expected, found)).toMatchObject({ regressions: 1 });
  });

  it('reports a gap and counts late events', async () => {
    const { expected, found } = await given();
    found.places.set('a', [{ sequence: 2n, completedAt: 1 }]);
    expect(compare(expected, found)).toMatchObject({
      gaps: 1,
      gapLines: ['group a: no record of sequence 1'],
      late: 0,
    });
    found.places.set('a', [
      { sequence: 2n, completedAt: 1 },
      { sequence: 1n, completedAt: 2 },
    ]);
    expect(compare(expected, found)).toMatchObject({ gaps: 0, late: 1 });
  });

  it('reports a customer that is missing, or that differs from its event', async () => {
    const { expected, found } = await given();
    found.customers.delete('a');
    found.customers.set('b', { sequence: 1n, digest: 'other' });
    expect(compare(expected, found)).toMatchObject({
      missing: 1,
      regressions: 0,
      problems: ['customer a is missing', 'customer b differs from its event'],
    });
  });

  it('reports an unexpected record', async () => {
    const { expected, found } = await given();
    found.records.set(
      eventKey('urn:test', 'stranger'),
      record({
        status: 'COMPLETED',
        fingerprint: 'any',
        lastError: '',
      }),
    );
    expect(compare(expected, found).problems).toEqual([
      'fulfilment: a record of event ["urn:test","stranger"], which was never published',
    ]);
  });

  it('reports an event that was never applied', async () => {
    const { expected, found } = await given();
    found.records.delete(eventKey('urn:test', 'event-of-3'));
    found.orders.delete('3');
    found.accounts.delete('b');
    expect(compare(expected, found)).toMatchObject({ missing: 1, doubled: 0 });
  });

  it('reports a record that is not completed', async () => {
    const { expected, found } = await given();
    const key = eventKey('urn:test', 'event-of-1');
    found.records.set(
      key,
      record({
        status: 'RETRYING',
        fingerprint: expected.events.get(key) ?? '',
        lastError: '',
      }),
    );
    expect(compare(expected, found).missing).toBe(1);
  });

  it('reports every unknown outcome of fulfilment', async () => {
    const { expected, found } = await given();
    const key = eventKey('urn:test', 'event-of-1');
    found.records.set(
      key,
      record({
        status: 'OUTCOME_UNKNOWN',
        fingerprint: expected.events.get(key) ?? '',
        lastError: 'why',
      }),
    );
    expect(compare(expected, found)).toMatchObject({
      missing: 1,
      problems: ['fulfilment: outcome unknown for event event-of-1: why'],
    });
  });

  it('reports an event that was applied with other content', async () => {
    const { expected, found } = await given();
    const key = eventKey('urn:test', 'event-of-1');
    found.records.set(key, record({ status: 'COMPLETED', fingerprint: 'other', lastError: '' }));
    expect(compare(expected, found).problems).toEqual([
      `fulfilment: event ${key} was applied with other content`,
    ]);
  });

  it('reports an order and an account that were never published', async () => {
    const { expected, found } = await given();
    found.orders.set('9', { sequence: 1n, digest: 'any' });
    found.accounts.set('z', { spent: new Big(0), orders: 1 });
    expect(compare(expected, found)).toMatchObject({
      doubled: 1,
      problems: ['order 9 was never published', 'ledger of z: 0 in 1 orders, expected 0 in 0'],
    });
  });

  it('reports a free order that was applied twice', async () => {
    const expected = await expectationOf(stream([anOrder({ partitionkey: 'a' }, { total: 0 })]));
    const found = {
      records: completed(expected),
      places: new Map<string, Place[]>(),
      orders: new Map(expected.orders),
      customers: new Map(expected.customers),
      accounts: new Map([['a', { spent: new Big(0), orders: 2 }]]),
    };
    expect(compare(expected, found)).toMatchObject({
      doubled: 1,
      problems: [expect.stringContaining('in 2 orders')],
    });
  });

  it('distinguishes digits that a double would round, and recognizes one number in two notations', () => {
    expect(itemDigest({ total: new Big('0.10000000000000001') })).not.toBe(itemDigest({ total: 0.1 }));
    expect(itemDigest({ total: new Big('1000000000000000000000') })).toBe(itemDigest({ total: 1e21 }));
  });

  it('reports an event that was applied twice, even if the other tables look right', async () => {
    const { expected, found } = await given();
    found.accounts.set('b', { spent: new Big(-10), orders: 2 });
    expect(compare(expected, found)).toMatchObject({ missing: 0, doubled: 1 });
  });

  it('reports a missing event even if another one was applied twice', async () => {
    const { expected, found } = await given();
    found.accounts.set('a', { spent: new Big('0.3'), orders: 1 });
    found.accounts.set('b', { spent: new Big(-5), orders: 2 });
    expect(compare(expected, found)).toMatchObject({ missing: 1, doubled: 1 });
  });

  it('expects the content of the highest sequence, in whatever order the events arrive', async () => {
    const events = ['9', '10', '8', '10'].map((sequence, n) =>
      anOrder({ id: String(n), partitionkey: 'a', sequence }, { total: n }),
    );
    const expected = await expectationOf(stream(events));
    const alone = await expectationOf(stream(events.slice(1, 2)));
    expect(expected.orders).toEqual(alone.orders);
    expect(expected.customers).toEqual(alone.customers);
    expect(expected.groups).toEqual(new Map([['a', { first: 8n, last: 10n }]]));
  });

  it("expects the content of an order's last event, and counts the events that the input itself repeats", async () => {
    const again = anOrder({ ...orders[0], id: 'second', type: 'order.cancelled', sequence: '2' });
    const other = anOrder({ ...orders[0] }, { total: 7 });
    const expected = await expectationOf(stream([...orders, again, orders[0] ?? again, other]));
    expect(expected).toMatchObject({ repeated: 1, conflicting: 1 });
    expect(expected.events.size).toBe(4);
    expect(expected.orders.size).toBe(3);
    expect(expected.accounts.get('a')?.orders).toBe(3);
  });
});
