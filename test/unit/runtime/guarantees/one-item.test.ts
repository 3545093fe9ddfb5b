import { NumberValueImpl } from '@aws-sdk/util-dynamodb';
import { parseOrderEvent } from '../../../../contract/orders/order-event.ts';
import {
  createConsumer,
  dynamoDbEffectStore,
  type Effect,
  exactlyOnce,
  increment,
  memoryStore,
  put,
  putIfNewer,
  raw,
  remove,
  type Table,
} from '../../../../runtime/index.ts';
import { connect } from '../../../support/dynamodb/connect.ts';
import { memoryDynamoDb } from '../../../support/dynamodb/memory-dynamodb.ts';
import { anOrder } from '../../../support/orders.ts';
import { remaining, sqsEvent, sqsRecord } from '../../../support/sqs.ts';
import { ledger, orders } from '../../../support/tables.ts';
import { fakeWiring } from '../../../support/wiring.ts';

/** A consumer over each store; `requests` counts what is sent to it. */
const stores = {
  'in memory': () => {
    const wiring = fakeWiring();
    const requests = () => wiring.store.calls.length;
    return { wiring, requests, item: (id: string) => wiring.memory.tables.item('ledger', { orderId: id }) };
  },
  'of DynamoDB': () => {
    const dynamoDb = memoryDynamoDb({ ledger: ['orderId'], orders: ['orderId'], records: ['id'] });
    let sent = 0;
    const client = connect(dynamoDb, async ({ arrive, body }) => {
      // A process writes the history of its consumer once.
      sent += Number(!body.includes('#%history'));
      return arrive();
    });
    const wiring = fakeWiring({ store: dynamoDbEffectStore({ table: 'records', client }) });
    return { wiring, requests: () => sent, item: (id: string) => dynamoDb.items('ledger').get(id) };
  },
} as const;

async function deliver(of: keyof typeof stores, effects: readonly Effect[], receives = 1) {
  const { wiring, requests, item } = stores[of]();
  const consumer = createConsumer(
    { name: 'orders', parse: parseOrderEvent, guarantee: exactlyOnce(), handle: () => effects },
    wiring,
  );
  for (let receive = 1; receive <= receives; receive++) {
    await consumer(sqsEvent(sqsRecord(anOrder(), { messageId: 'm-1' })), remaining());
    wiring.clock.time += 30_000;
  }
  const deliveries = wiring.logged.filter(({ message }) => message === 'delivery');
  const last: Record<string, unknown> = deliveries.at(-1) ?? {};
  return {
    ...last,
    outcome: last.outcome,
    reason: last.reason,
    requests: requests(),
    item,
    letters: wiring.letters.length,
  };
}

const add = (spent: number | bigint, orderId: unknown = 'x') => increment('ledger', { orderId }, { spent });
const twoPuts = (table: string | Table<'orderId'>) => [
  put(table, { orderId: 'x' }),
  put(table, { orderId: 'x' }),
];

describe.each([
  'in memory',
  'of DynamoDB',
] as const)('effects of one event on one item of a store %s', (of) => {
  it.each<readonly [string, readonly Effect[], string]>([
    ['two increments', [add(2), add(1)], '3'],
    ['decimals, not doubles', [add(0.1), add(0.2)], '0.3'],
    ['what cancels each other: the item is there', [add(5), add(-5)], '0'],
    ['nothing beside something', [increment('ledger', { orderId: 'x' }, {}), add(4)], '4'],
    ['more digits than a double has', [add(0.1 * 3), add(19.99)], '20.29000000000000004'],
    ['numbers of other types', [add(2n), add(1)], '3'],
  ])('add up in one request: %s', async (_, effects, exact) => {
    const { outcome, requests, item } = await deliver(of, effects);
    expect({ outcome, requests }).toEqual({ outcome: 'applied', requests: 1 });
    const found = item('x') as { spent: unknown } | undefined;
    if (of === 'in memory') expect(String(found?.spent)).toBe(exact);
    else expect(found?.spent).toEqual({ N: exact });
  });

  it('are counted after they were added up', async () => {
    const effects = Array.from({ length: 150 }, (_, n) => add(1, `item-${n % 99}`));
    const { outcome, item } = await deliver(of, effects);
    expect(outcome).toBe('applied');
    expect((item('item-0') as { spent: unknown }).spent).toEqual(of === 'in memory' ? 2 : { N: '2' });
  });

  it('are refused at once if they are more than a transaction accepts, and the reason gives the limit', async () => {
    const effects = Array.from({ length: 150 }, (_, n) => add(1, `item-${n % 100}`));
    await expect(deliver(of, effects)).resolves.toMatchObject({
      outcome: 'poison',
      code: 'PERMANENT',
      reason: expect.stringContaining('150 effects, which are 100 writes: 99 fit'),
    });
  });

  it.each<readonly [string, readonly Effect[], string]>([
    [
      'an increment and a removal',
      [put(orders, { orderId: 'y' }), add(1), remove('ledger', { orderId: 'x' })],
      'effect 2 (increment on table "ledger") and effect 3 (remove on table "ledger")',
    ],
    [
      'a put and an increment',
      [put(ledger, { orderId: 'x', spent: 1 }), add(1)],
      'effect 1 (put on table "ledger") and effect 2 (increment on table "ledger")',
    ],
    [
      'two versions',
      [1, 2].map((at) => putIfNewer(ledger, { orderId: 'x', at }, { version: 'at' })),
      'effect 1 (putIfNewer on table "ledger")',
    ],
    ['two puts', twoPuts(ledger), 'effect 2 (put on table "ledger")'],
  ])('fail as a counted attempt if they cannot be merged, and the reason names both effects and the table: %s', async (_, effects, names) => {
    const { reason, ...rest } = await deliver(of, effects);
    expect(rest).toMatchObject({ outcome: 'failed', code: 'EFFECTS_REFUSED', attempts: 1, letters: 0 });
    expect(rest.requests).toBe(1);
    expect(reason).toContain(names);
    expect(reason).toContain('write one item of table "ledger", whose key is orderId');
    expect(rest.item('x')).toBeUndefined();
  });

  it('are refused by the store if the key of their table is not known', async () => {
    const { reason, ...rest } = await deliver(of, twoPuts('ledger'));
    expect(rest).toMatchObject({ outcome: 'failed', code: 'EFFECTS_REFUSED' });
    expect(reason).toContain('effect 1 (put on table "ledger"), effect 2 (put on table "ledger")');
  });

  it('an empty increment does nothing, and does not count as an effect on its item', async () => {
    const nothing = increment('ledger', { orderId: 'x' }, {});
    const alone = await deliver(of, [nothing]);
    expect([alone.outcome, alone.item('x')]).toEqual(['applied', undefined]);
    const beside = await deliver(of, [nothing, put(ledger, { orderId: 'x', spent: 7 }), nothing]);
    expect(beside.outcome).toBe('applied');
    expect((beside.item('x') as { spent: unknown }).spent).toEqual(of === 'in memory' ? 7 : { N: '7' });
  });

  it('an increment by 0 creates the item, like a sum of 0', async () => {
    const { outcome, item } = await deliver(of, [add(0)]);
    expect(outcome).toBe('applied');
    expect((item('x') as { spent: unknown }).spent).toEqual(of === 'in memory' ? 0 : { N: '0' });
  });
});

describe('keys are compared as DynamoDB compares them', () => {
  const two = (first: unknown, second: unknown) => [add(1, first), remove('ledger', { orderId: second })];
  it.each<readonly [string, readonly Effect[]]>([
    ['numbers by what they are', two(1, 1n)],
    ['zero and minus zero', two(0, -0)],
    ['bytes one by one', two(Buffer.from('a'), new Uint8Array([97]))],
    [
      'attributes in any order',
      [remove('lines', { orderId: 'x', line: 1 }), increment('lines', { line: 1, orderId: 'x' }, { n: 1 })],
    ],
    [
      'a raw write and another effect',
      [add(1), raw({ Delete: { TableName: 'ledger', Key: { orderId: { S: 'x' } } } })],
    ],
    [
      'a raw number that is written otherwise',
      [add(1, 15), raw({ Delete: { TableName: 'ledger', Key: { orderId: { N: '15.0' } } } })],
    ],
  ])('equal: %s', async (_, effects) => {
    await expect(deliver('of DynamoDB', effects)).resolves.toMatchObject({
      code: 'EFFECTS_REFUSED',
      reason: expect.stringContaining('write one item of table'),
      // That of the count: the transaction was never sent.
      requests: 1,
    });
  });

  it.each<readonly [string, readonly Effect[]]>([
    ['one key in two tables', [add(1), remove('orders', { orderId: 'x' })]],
    [
      'keys of two attributes',
      ['1', '2'].map((line) => increment('lines', { orderId: 'x', line }, { n: 1 })),
    ],
  ])('not equal: %s', (_, effects) => {
    const keys = { ledger: ['orderId'], orders: ['orderId'], lines: ['orderId', 'line'] };
    expect(memoryStore(keys).tables.apply(effects)).toEqual({ kind: 'applied' });
  });
});

it('stale effects keep their positions beside merged increments', async () => {
  const { wiring } = stores['in memory']();
  wiring.memory.tables.apply([put(orders, { orderId: 'x', at: 5 })]);
  const stale = putIfNewer(orders, { orderId: 'x', at: 4 }, { version: 'at' });
  const handle = () => [add(1), increment('ledger', { orderId: 'z' }, {}), add(1), stale, add(1)];
  const consumer = createConsumer(
    { name: 'orders', parse: parseOrderEvent, guarantee: exactlyOnce(), handle },
    wiring,
  );
  await consumer(sqsEvent(sqsRecord(anOrder())), remaining());
  const [record] = [...wiring.memory.records.values()];
  expect(JSON.parse(record?.result ?? '')).toEqual({
    stale: [{ effect: 4, table: 'orders', version: '4', held: '5' }],
  });
  expect(wiring.memory.tables.item('ledger', { orderId: 'x' })).toEqual({ orderId: 'x', spent: 3 });
});

it('increments of one item add up within an event and between the events of a fold', async () => {
  const { wiring } = stores['in memory']();
  const handle = () => [add(0.1), add(1e20), add(0.2)];
  const consumer = createConsumer(
    { name: 'orders', parse: parseOrderEvent, guarantee: exactlyOnce(), handle },
    wiring,
  );
  const records = ['0', '1'].map((id) => sqsRecord(anOrder({ subject: id }), { messageId: `m-${id}` }));
  await consumer(sqsEvent(...records), remaining());
  expect(wiring.store.calls).toEqual(['commit']);
  expect(wiring.memory.tables.item('ledger', { orderId: 'x' })?.spent).toEqual(
    new NumberValueImpl('200000000000000000000.6'),
  );
});

it('a refusal is an attempt of the event: five of them and a minute, then it is poison', async () => {
  const effects = twoPuts(ledger);
  await expect(deliver('of DynamoDB', effects, 4)).resolves.toMatchObject({ outcome: 'failed', attempts: 4 });
  await expect(deliver('of DynamoDB', effects, 5)).resolves.toMatchObject({
    outcome: 'poison',
    code: 'ATTEMPTS_EXHAUSTED',
    reason: expect.stringContaining('write one item of table "ledger", whose key is orderId'),
    letters: 1,
  });
});
