import {
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { parseOrderEvent } from '../../contract/orders/order-event.ts';
import {
  createConsumer,
  dynamoDbEffectStore,
  exactlyOnce,
  increment,
  put,
  putIfNewer,
  raw,
  remove,
} from '../../runtime/index.ts';
import type { Delivery } from '../../runtime/ports/record-store.ts';
import { anOrder } from '../support/orders.ts';
import { remaining, sqsEvent, sqsRecord } from '../support/sqs.ts';
import { fakeWiring } from '../support/wiring.ts';
import { connection, dynamoDb, unique } from './support.ts';

const { records, orders, ledger } = connection.main;
const store = dynamoDbEffectStore({ table: records, client: dynamoDb });
const now = Date.now();

function delivery(over: Partial<Delivery> = {}): Delivery {
  const eventId = unique('event');
  return {
    id: `test#${eventId}`,
    fingerprint: 'print',
    ownerToken: unique('attempt'),
    consumer: 'test',
    source: 'urn:test',
    eventId,
    messageGroup: 'g',
    sequence: '1',
    messageId: unique('message'),
    guarantee: 'exactly-once',
    insideWindow: true,
    now,
    nextTryAt: now + 300_000,
    expiration: Math.floor(now / 1000) + 3600,
    ...over,
  };
}

async function item(table: string, key: Record<string, string>) {
  const { Item } = await dynamoDb.send(
    new GetItemCommand({ TableName: table, Key: marshall(key), ConsistentRead: true }),
  );
  return Item && unmarshall(Item);
}

/** A client that notes each request where it leaves, the SDK's own retries included. */
function counting(requests: string[]): DynamoDBClient {
  const client = new DynamoDBClient(connection.clientConfig);
  client.middlewareStack.add(
    (next, { commandName }) =>
      (args) => {
        requests.push(String(commandName));
        return next(args);
      },
    { step: 'finalizeRequest', priority: 'low' },
  );
  return client;
}

describe('the DynamoDB effect store', () => {
  it('commits the record and every kind of effect together', async () => {
    const [kept, gone, account] = [unique('order'), unique('order'), unique('account')];
    await store.commit([{ delivery: delivery() }], [put(orders, { orderId: gone })]);
    const mine = delivery();
    const answer = await store.commit(
      [{ delivery: mine }],
      [
        put(orders, {
          orderId: kept,
          total: 12345678901234567000,
          nothing: undefined,
          lines: [{ sku: 'A' }],
        }),
        increment(ledger, { account }, { spent: 0.1, orders: 1 }),
        remove(orders, { orderId: gone }),
        raw({ Put: { TableName: orders, Item: marshall({ orderId: `${kept}-raw` }) } }),
      ],
    );
    expect(answer).toEqual({ kind: 'committed' });
    expect(await item(records, { id: mine.id })).toEqual({
      id: mine.id,
      status: 'COMPLETED',
      expiration: mine.expiration,
      validation: 'print',
      attempt: mine.ownerToken,
      consumer: 'test',
      source: 'urn:test',
      event_id: mine.eventId,
      message_group: 'g',
      sequence: '1',
      guarantee: 'exactly-once',
      completed_at: now,
      first_attempt_at: now,
      message_id: mine.messageId,
    });
    const { Item } = await dynamoDb.send(
      new GetItemCommand({ TableName: orders, Key: marshall({ orderId: kept }) }),
    );
    expect(Item?.total).toEqual({ N: '12345678901234567000' });
    expect(await item(ledger, { account })).toEqual({ account, spent: 0.1, orders: 1 });
    expect(await item(orders, { orderId: gone })).toBeUndefined();
    expect(await item(orders, { orderId: `${kept}-raw` })).toBeDefined();
  });

  it('adds decimals exactly', async () => {
    const account = unique('account');
    for (const spent of [0.1, 0.2, 1e15, -1e15]) {
      await store.commit([{ delivery: delivery() }], [increment(ledger, { account }, { spent })]);
    }
    const { Item } = await dynamoDb.send(
      new GetItemCommand({ TableName: ledger, Key: marshall({ account }) }),
    );
    expect(Item?.spent).toEqual({ N: '0.3' });
  });

  it('refuses effects if the condition of a raw effect fails, and commits none of them', async () => {
    const account = unique('account');
    const mine = delivery();
    const condition = {
      ConditionCheck: {
        TableName: orders,
        Key: marshall({ orderId: unique('never') }),
        ConditionExpression: 'attribute_exists(orderId)',
      },
    };
    const effects = [increment(ledger, { account }, { orders: 1 }), raw(condition)];
    await expect(store.commit([{ delivery: mine }], effects)).resolves.toMatchObject({
      kind: 'refused',
      by: 'condition',
      effects: [1],
    });
    expect(await item(records, { id: mine.id })).toBeUndefined();
    expect(await item(ledger, { account })).toBeUndefined();
  });

  it('fails with a configuration error if the table does not exist', async () => {
    const missing = dynamoDbEffectStore({ table: 'no-such-table', client: dynamoDb });
    await expect(missing.commit([{ delivery: delivery() }], [])).rejects.toThrow();
  });
});

/** The requests of deliveries. Beside the first one, a process writes once since when its consumer applies events. */
function deliveriesOf(requests: readonly string[]): string[] {
  const others = requests.filter((name) => name !== PutItemCommand.name);
  expect(requests.length - others.length).toBe(1);
  return others;
}

describe('round trips to DynamoDB', () => {
  it('are one for each step of a claim, and one for its duplicate', async () => {
    const requests: string[] = [];
    const store = dynamoDbEffectStore({ table: records, client: counting(requests) });
    const mine = delivery();
    const terms = { leaseUntil: now + 1000, takeOver: true };
    await store.claim(mine, terms);
    await store.complete(mine, '1');
    await expect(store.claim({ ...mine, ownerToken: 'another' }, terms)).resolves.toMatchObject({
      kind: 'exists',
    });
    expect(requests).toEqual(Array(3).fill(UpdateItemCommand.name));
  });

  it('are one for a first delivery and one for a duplicate', async () => {
    // GIVEN a consumer whose requests are counted
    const requests: string[] = [];
    const wiring = fakeWiring({ store: dynamoDbEffectStore({ table: records, client: counting(requests) }) });
    const account = unique('account');
    const consumer = createConsumer(
      {
        name: 'counted',
        parse: parseOrderEvent,
        guarantee: exactlyOnce(),
        handle: () => [increment(ledger, { account }, { orders: 1 })],
      },
      wiring,
    );
    const event = sqsEvent(sqsRecord(anOrder({ id: unique('event') })));
    // WHEN it is delivered twice
    await consumer(event, remaining());
    await consumer(event, remaining());
    // THEN each delivery cost one request
    expect(wiring.logged.map(({ outcome }) => outcome).filter(Boolean)).toEqual(['applied', 'duplicate']);
    expect(deliveriesOf(requests)).toEqual([TransactWriteItemsCommand.name, TransactWriteItemsCommand.name]);
    expect(await item(ledger, { account })).toMatchObject({ orders: 1 });
  });

  it('are two for a late event, and one for its duplicate', async () => {
    // GIVEN an item that is newer than the event
    const requests: string[] = [];
    const wiring = fakeWiring({ store: dynamoDbEffectStore({ table: records, client: counting(requests) }) });
    const [account, orderId] = [unique('account'), unique('order')];
    const consumer = createConsumer(
      {
        name: 'counted',
        parse: parseOrderEvent,
        guarantee: exactlyOnce(),
        handle: ({ sequence }) => [
          putIfNewer(orders, { orderId, sequence }, { version: 'sequence' }),
          increment(ledger, { account }, { orders: 1 }),
        ],
      },
      wiring,
    );
    const event = (sequence: string) => sqsEvent(sqsRecord(anOrder({ id: unique('event'), sequence })));
    await consumer(event('10'), remaining());
    const late = event('9');
    // WHEN it is delivered twice
    await consumer(late, remaining());
    await consumer(late, remaining());
    // THEN
    const deliveries = wiring.logged.filter(({ outcome }) => outcome !== undefined);
    expect(deliveries.map(({ outcome, stale }) => [outcome, stale])).toEqual([
      ['applied', undefined],
      ['applied', 1],
      ['duplicate', undefined],
    ]);
    expect(deliveriesOf(requests)).toEqual(Array(4).fill(TransactWriteItemsCommand.name));
    expect(await item(orders, { orderId })).toEqual({ orderId, sequence: 10 });
    expect(await item(ledger, { account })).toMatchObject({ orders: 2 });
  });
});
