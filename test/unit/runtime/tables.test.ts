import type { DeployedTables } from '../../../contract/environment.ts';
import { type OrderEvent, parseOrderEvent } from '../../../contract/orders/order-event.ts';
import {
  atMostOnce,
  createConsumer,
  type EffectContext,
  type EffectHandler,
  exactlyOnce,
  increment,
  memoryStore,
  put,
  putIfNewer,
  remove,
} from '../../../runtime/index.ts';
import { deliveriesOf } from '../../support/deliver-orders.ts';
import { anOrder } from '../../support/orders.ts';
import { remaining, sqsEvent, sqsRecord } from '../../support/sqs.ts';
import { type FakeWiring, fakeWiring } from '../../support/wiring.ts';

const declared = { seats: 'seat', halls: ['hall', 'date'] } as const;
type Handle = EffectHandler<OrderEvent, typeof declared>;
const base = { name: 'bookings', parse: parseOrderEvent };

/** A consumer whose store has the tables under the names in DynamoDB. */
function bookings(handle: Handle, tables?: DeployedTables) {
  const memory = memoryStore({ 'Prod-Seats': 'seat', 'Prod-Halls': ['hall', 'date'], ...declared });
  const wiring: FakeWiring = fakeWiring({ store: memory, ...(tables !== undefined && { tables }) });
  const consumer = createConsumer({ ...base, guarantee: exactlyOnce(), tables: declared, handle }, wiring);
  const deliver = (...ids: string[]) =>
    consumer(
      sqsEvent(...ids.map((id) => sqsRecord(anOrder({ subject: id }), { messageId: `m-${id}` }))),
      remaining(),
    );
  return { wiring, memory, deliver };
}

const deployed: DeployedTables = {
  seats: { tableName: 'Prod-Seats', key: ['seat'] },
  halls: { tableName: 'Prod-Halls' },
};

const book: Handle = ({ subject, sequence }, { tables }) => [
  putIfNewer(tables.seats, { seat: 'A1', by: subject, sequence }, { version: 'sequence' }),
  increment(tables.halls, { hall: 'H1', date: '2026-11-30' }, { sold: 1 }),
];

describe('a handler of effects', () => {
  it('gets the declared tables with their names in DynamoDB and their keys', async () => {
    const seen: EffectContext<typeof declared>[] = [];
    const { deliver } = bookings((_, context) => {
      seen.push(context);
      return [];
    }, deployed);
    await deliver('1');
    expect(seen).toEqual([
      {
        tables: {
          seats: { tableName: 'Prod-Seats', key: ['seat'] },
          halls: { tableName: 'Prod-Halls', key: ['hall', 'date'] },
        },
      },
    ]);
  });

  it('writes to the tables that the environment of its function names', async () => {
    const { deliver, memory } = bookings(book, deployed);
    await deliver('1');
    expect(memory.tables.item('Prod-Seats', { seat: 'A1' })).toMatchObject({ by: '1' });
    expect(memory.tables.item('Prod-Halls', { hall: 'H1', date: '2026-11-30' })).toMatchObject({ sold: 1 });
  });

  it('writes to tables of the declared names if the dependencies name none', async () => {
    const { deliver, memory } = bookings(book);
    await deliver('1');
    expect(memory.tables.items('seats')).toHaveLength(1);
  });

  it('has whole items committed together with those of other events of the group, by the declared keys', async () => {
    const { deliver, memory } = bookings(book);
    const commit = jest.spyOn(memory, 'commit');
    await expect(deliver('1', '2', '3')).resolves.toEqual({ batchItemFailures: [] });
    expect(commit).toHaveBeenCalledTimes(1);
    expect(memory.tables.item('halls', { hall: 'H1', date: '2026-11-30' })).toMatchObject({ sold: 3 });
  });

  it('has whole items committed one event at a time if the key of the table is not declared', async () => {
    const { deliver, memory } = bookings(({ subject }) => [put('seats', { seat: subject })]);
    const commit = jest.spyOn(memory, 'commit');
    await deliver('1', '2', '3');
    expect(commit).toHaveBeenCalledTimes(3);
  });
});

describe('a table that the function does not have', () => {
  it('makes the whole batch wait with an error that names the table, the variable and the fix', async () => {
    const { deliver, wiring, memory } = bookings(book, { halls: { tableName: 'Prod-Halls' } });
    await expect(deliver('1')).rejects.toMatchObject({
      code: 'CONFIGURATION',
      message:
        'createConsumer declares the table "seats", and the environment variable ORDER_ONCE_TABLES names halls. ' +
        'Add it to the construct: tables: { seats: { table, effects: [...] } }',
    });
    expect([wiring.letters, memory.records.size]).toEqual([[], 0]);
  });

  it('is missing even if it has the name of a member of every object', () => {
    const wiring = fakeWiring({ tables: {} });
    const consumer = createConsumer(
      { ...base, guarantee: exactlyOnce(), tables: { constructor: 'id' }, handle: () => [] },
      wiring,
    );
    return expect(consumer(sqsEvent(), remaining())).rejects.toThrow('names no table.');
  });
});

it('a declared key that differs from the deployed one makes the whole batch wait, because a missing sort key would lose items', async () => {
  const { deliver } = bookings(book, {
    ...deployed,
    seats: { tableName: 'Prod-Seats', key: ['seat', 'date'] },
  });
  await expect(deliver('1')).rejects.toMatchObject({
    code: 'CONFIGURATION',
    message:
      'tables.seats declares the key seat, but the key of table Prod-Seats is seat and date. Declare that one in ' +
      'createConsumer, the partition key first',
  });
});

it.each<readonly [string, unknown, string]>([
  ['no name', '', '""'],
  ['no attribute', [], '[]'],
  ['three attributes', ['a', 'b', 'c'], '["a","b","c"]'],
  ['one attribute twice', ['a', 'a'], '["a","a"]'],
  ['something else than names', { pk: 'a' }, '{"pk":"a"}'],
])('a declared key of %s is refused when the consumer is created', (_, key, shown) => {
  const options = { ...base, guarantee: exactlyOnce(), tables: { seats: key }, handle: () => [] };
  expect(() => createConsumer(options as never)).toThrow(
    `tables.seats is ${shown}; it must be the name of the partition key, or [partition key, sort key]`,
  );
});

it('tables of an external handler are refused when the consumer is created', () => {
  expect(() =>
    createConsumer({ ...base, guarantee: atMostOnce(), tables: declared, handle: async () => {} }),
  ).toThrow('tables: only a handler under exactlyOnce() has effects on tables');
});

describe('an effect on a declared table', () => {
  it.each<readonly [string, Handle, string]>([
    [
      'an item without its key',
      (_, { tables }) => [put(tables.seats, { price: 1 } as never)],
      '(put on table "Prod-Seats") has no text, number or binary value that is not empty for "seat", and the key of its table is seat',
    ],
    [
      'a key of a type that no key has',
      (_, { tables }) => [putIfNewer(tables.seats, { seat: true as never, at: 1 }, { version: 'at' })],
      'for "seat"',
    ],
    ['an empty key', (_, { tables }) => [put(tables.seats, { seat: '' })], 'for "seat"'],
    [
      'half a key',
      (_, { tables }) => [increment(tables.halls, { hall: 'H1' } as never, { sold: 1 })],
      '(increment on table "Prod-Halls") has no text, number or binary value that is not empty for "date", and the key of its table is hall and date',
    ],
    [
      'a key with an attribute too many',
      (_, { tables }) => [remove(tables.seats, { seat: 'A1', row: 1 } as never)],
      '(remove on table "Prod-Seats") has "row" in its key, and the key of its table is seat',
    ],
  ])('fails as an attempt of its event if it has %s, and the reason names table and key', async (_, handle, reason) => {
    const { deliver, wiring } = bookings(handle, deployed);
    await expect(deliver('1')).resolves.toEqual({ batchItemFailures: [{ itemIdentifier: 'm-1' }] });
    expect(deliveriesOf(wiring)).toMatchObject([
      { outcome: 'failed', code: 'NO_EFFECTS', attempts: 1, reason: expect.stringContaining(reason) },
    ]);
  });
});
