import { type OrderEvent, parseOrderEvent } from '../../../../contract/orders/order-event.ts';
import {
  atLeastOnce,
  atMostOnce,
  createConsumer,
  type EffectHandler,
  exactlyOnce,
  increment,
  put,
  type RecordStore,
  remove,
  removeIfNewer,
} from '../../../../runtime/index.ts';
import { fakeWiring } from '../../../support/wiring.ts';

interface Receipt {
  readonly id: string;
  readonly amount?: number;
}

/** What has to compile, and what must not; `tsc` is the test, running it only shows that it was read. */
test('each guarantee accepts only handlers of its kind', () => {
  const wiring = fakeWiring();
  const base = { name: 'c', parse: parseOrderEvent };
  const retention = { providerKeyRetention: 86_400_000 };
  const records: RecordStore = wiring.store;
  const effect = increment('ledger', { orderId: '1' }, { times: 1 });
  const receipt: Receipt = { id: '1' };

  // Effects, at once or later; results of every shape that is no list.
  createConsumer(
    { ...base, guarantee: exactlyOnce(), handle: ({ data }) => [{ ...effect, key: data }] },
    wiring,
  );
  createConsumer({ ...base, guarantee: exactlyOnce(), handle: async () => [effect] }, wiring);
  createConsumer({ ...base, guarantee: atMostOnce(), handle: async () => {} }, wiring);
  createConsumer({ ...base, guarantee: atMostOnce(), handle: async () => receipt }, wiring);
  createConsumer(
    { ...base, guarantee: atMostOnce(), handle: async ({ data }) => ({ of: data.orderId }) },
    wiring,
  );
  createConsumer(
    { ...base, guarantee: atLeastOnce(retention), handle: async (_, c) => c.idempotencyKey },
    wiring,
  );
  createConsumer({ ...base, guarantee: atMostOnce({ store: records }), handle: async () => 1 }, wiring);

  // @ts-expect-error a store that cannot commit effects
  exactlyOnce({ store: records });
  // @ts-expect-error at-least-once without saying how long the provider remembers
  expect(() => atLeastOnce()).toThrow();
  // @ts-expect-error acting outside under exactly-once
  createConsumer({ ...base, guarantee: exactlyOnce(), handle: async () => receipt }, wiring);
  // @ts-expect-error acting outside under exactly-once, with nothing to tell
  createConsumer({ ...base, guarantee: exactlyOnce(), handle: async () => {} }, wiring);
  // @ts-expect-error effects that nobody would commit
  createConsumer({ ...base, guarantee: atMostOnce(), handle: () => [effect] }, wiring);
  // @ts-expect-error one effect that nobody would commit
  createConsumer({ ...base, guarantee: atMostOnce(), handle: async () => effect }, wiring);
  // @ts-expect-error effects that nobody would commit, later
  createConsumer({ ...base, guarantee: atLeastOnce(retention), handle: async () => [effect] }, wiring);

  // Tables with their keys: by name, by a list of one, and of two.
  const tables = { seats: 'seat', halls: ['hall', 'date'], rows: ['row'] } as const;
  createConsumer(
    {
      ...base,
      guarantee: exactlyOnce(),
      tables: { seats: 'seat', halls: ['hall', 'date'], rows: ['row'] },
      handle: ({ data }, { tables }) => [
        put(tables.seats, { seat: data.orderId, price: 1 }),
        increment(tables.halls, { hall: 'H1', date: 20_261_130 }, { sold: 1 }),
        removeIfNewer(tables.rows, { row: 1n, at: 2 }, { version: 'at' }),
        put('elsewhere', { any: 'item' }),
      ],
    },
    wiring,
  );
  const asked = createConsumer(
    {
      ...base,
      guarantee: exactlyOnce(),
      tables,
      handle: async (_, { tables }) => [remove(tables.rows, { row: 1 })],
    },
    wiring,
  );
  expect(asked).toBeInstanceOf(Function);
  const misuse: EffectHandler<OrderEvent, typeof tables> = (_, { tables }) => [
    // @ts-expect-error a table that is not declared
    put(tables.seat, { seat: 'A1' }),
    // @ts-expect-error an item without its key
    put(tables.seats, { price: 1 }),
    // @ts-expect-error a key of a type that DynamoDB does not take
    put(tables.seats, { seat: true }),
    // @ts-expect-error half a key
    increment(tables.halls, { hall: 'H1' }, { sold: 1 }),
    // @ts-expect-error a key with an attribute that is none of it
    remove(tables.rows, { row: 1, seat: 'A1' }),
  ];
  expect(misuse).toBeInstanceOf(Function);
  createConsumer(
    // @ts-expect-error tables that are not declared at all
    { ...base, guarantee: exactlyOnce(), handle: (_, { tables }) => [put(tables.seats, { seat: 'A1' })] },
    wiring,
  );
  const external = { ...base, guarantee: atMostOnce() } as const;
  // @ts-expect-error an external handler has no tables
  createConsumer({ ...external, handle: async (_, { tables }) => void tables }, wiring);

  expect(wiring.store.calls).toEqual([]);
});
