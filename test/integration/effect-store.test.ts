import {
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { systemClock } from '../../contract/clock.ts';
import { parseOrderEvent } from '../../contract/order-event.ts';
import { systemRandom } from '../../contract/random.ts';
import { applyExactlyOnce } from '../../runtime/exactly-once.ts';
import { createConsumer, dynamoDbEffectStore, increment, put, raw, remove } from '../../runtime/index.ts';
import type { Completion } from '../../runtime/stores/effect-store.ts';
import { anOrder } from '../support/orders.ts';
import { remaining, sqsEvent, sqsRecord } from '../support/sqs.ts';
import { fakeWiring } from '../support/wiring.ts';
import { connection, dynamoDb, unique } from './support.ts';

const { records, orders, ledger } = connection.main;
const store = dynamoDbEffectStore({ table: records, client: dynamoDb });
const now = Date.now();

function completion(over: Partial<Completion> = {}): Completion {
  const eventId = unique('event');
  return {
    id: `test#${eventId}`,
    fingerprint: 'print',
    attempt: unique('attempt'),
    consumer: 'test',
    source: 'urn:test',
    eventId,
    messageGroup: 'g',
    sequence: '1',
    messageId: unique('message'),
    now,
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

/** A record as another delivery left it. */
async function given(id: string, attributes: Record<string, unknown>) {
  const record = { id, expiration: Math.floor(now / 1000) + 3600, validation: 'print', ...attributes };
  await dynamoDb.send(new PutItemCommand({ TableName: records, Item: marshall(record) }));
}

describe('the DynamoDB effect store', () => {
  it('commits the record and every kind of effect together', async () => {
    const [kept, gone, account] = [unique('order'), unique('order'), unique('account')];
    await store.commit(completion(), [put(orders, { orderId: gone })]);
    const mine = completion();
    const answer = await store.commit(mine, [
      put(orders, { orderId: kept, total: 12345678901234567000, nothing: undefined, lines: [{ sku: 'A' }] }),
      increment(ledger, { account }, { spent: 0.1, orders: 1 }),
      remove(orders, { orderId: gone }),
      raw({ Put: { TableName: orders, Item: marshall({ orderId: `${kept}-raw` }) } }),
    ]);
    expect(answer).toEqual({ kind: 'committed' });
    expect(await item(records, { id: mine.id })).toEqual({
      id: mine.id,
      status: 'COMPLETED',
      expiration: mine.expiration,
      validation: 'print',
      attempt: mine.attempt,
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

  it('adds decimals exactly, where doubles would not', async () => {
    const account = unique('account');
    for (const spent of [0.1, 0.2, 1e15, -1e15]) {
      await store.commit(completion(), [increment(ledger, { account }, { spent })]);
    }
    const { Item } = await dynamoDb.send(
      new GetItemCommand({ TableName: ledger, Key: marshall({ account }) }),
    );
    expect(Item?.spent).toEqual({ N: '0.3' });
  });

  it('commits nothing over a completed record, and shows it', async () => {
    const first = completion();
    const account = unique('account');
    await store.commit(first, [increment(ledger, { account }, { orders: 1 })]);
    const second = completion({ id: first.id });
    await expect(store.commit(second, [increment(ledger, { account }, { orders: 1 })])).resolves.toEqual({
      kind: 'exists',
      record: {
        status: 'COMPLETED',
        expiration: first.expiration,
        fingerprint: 'print',
        attempt: first.attempt,
        messageId: first.messageId,
      },
    });
    expect(await item(ledger, { account })).toMatchObject({ orders: 1 });
  });

  it.each([
    'RETRYING',
    'QUARANTINED',
  ])('commits over %s of the same event, and keeps its attempts', async (status) => {
    const mine = completion();
    await given(mine.id, { status, attempts: 3, first_attempt_at: 17 });
    await expect(store.commit(mine, [])).resolves.toEqual({ kind: 'committed' });
    expect(await item(records, { id: mine.id })).toMatchObject({
      status: 'COMPLETED',
      attempts: 3,
      first_attempt_at: 17,
    });
  });

  it.each([
    'RETRYING',
    'QUARANTINED',
  ])('commits nothing over %s of an event with other content', async (status) => {
    const mine = completion();
    await given(mine.id, { status, validation: 'other' });
    await expect(store.commit(mine, [])).resolves.toMatchObject({
      kind: 'exists',
      record: { fingerprint: 'other' },
    });
  });

  it.each(['INPROGRESS', 'OUTCOME_UNKNOWN'])('commits nothing over %s', async (status) => {
    const mine = completion();
    await given(mine.id, { status });
    await expect(store.commit(mine, [])).resolves.toMatchObject({ kind: 'exists', record: { status } });
  });

  it.each([
    'COMPLETED',
    'RETRYING',
  ])('commits nothing over an expired %s without having seen it', async (status) => {
    const mine = completion();
    await given(mine.id, { status, expiration: Math.floor(now / 1000) - 10 });
    await expect(store.commit(mine, [])).resolves.toMatchObject({ kind: 'exists' });
  });

  it('begins a new life over an expired record that was seen: nothing of the old one stays', async () => {
    const mine = completion();
    const seen = Math.floor(now / 1000) - 10;
    await given(mine.id, {
      status: 'COMPLETED',
      expiration: seen,
      attempts: 4,
      first_attempt_at: 17,
      validation: 'x',
    });
    await expect(store.commit(mine, [], seen)).resolves.toEqual({ kind: 'committed' });
    const record = await item(records, { id: mine.id });
    expect(record).toMatchObject({ status: 'COMPLETED', first_attempt_at: now, validation: 'print' });
    expect(record).not.toHaveProperty('attempts');
  });

  it('lets one of two win that saw the same expired record', async () => {
    const first = completion();
    const seen = Math.floor(now / 1000) - 10;
    await given(first.id, { status: 'COMPLETED', expiration: seen });
    const options = { store, clock: systemClock, random: systemRandom, deadline: now + 60_000 };
    const verdicts = await Promise.all(
      [first, completion({ id: first.id })].map((mine) => applyExactlyOnce(mine, [], options)),
    );
    expect(verdicts.map(({ outcome }) => outcome).sort()).toEqual(['applied', 'duplicate']);
  });

  it('says that the record is gone where TTL deleted it meanwhile', async () => {
    await expect(store.commit(completion(), [], 17)).resolves.toEqual({ kind: 'exists', record: undefined });
  });

  it('refuses effects whose own condition fails, and commits nothing of them', async () => {
    const account = unique('account');
    const mine = completion();
    const condition = {
      ConditionCheck: {
        TableName: orders,
        Key: marshall({ orderId: unique('never') }),
        ConditionExpression: 'attribute_exists(orderId)',
      },
    };
    const effects = [increment(ledger, { account }, { orders: 1 }), raw(condition)];
    await expect(store.commit(mine, effects)).resolves.toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining('Effect 2 was refused: ConditionalCheckFailed'),
    });
    expect(await item(records, { id: mine.id })).toBeUndefined();
    expect(await item(ledger, { account })).toBeUndefined();
  });

  it.each([
    ['a value that has no type there', [put('orders', { orderId: 'x', total: Number.NaN })]],
    [
      'more effects than a transaction takes',
      Array.from({ length: 100 }, (_, i) => put(orders, { orderId: `o${i}` })),
    ],
    ['two effects on one item', [put(orders, { orderId: 'x' }), remove(orders, { orderId: 'x' })]],
  ])('refuses %s', async (_, effects) => {
    await expect(store.commit(completion(), effects)).resolves.toMatchObject({ kind: 'refused' });
  });

  it('fails, and decides nothing, where the table is not there', async () => {
    const missing = dynamoDbEffectStore({ table: 'no-such-table', client: dynamoDb });
    await expect(missing.commit(completion(), [])).rejects.toThrow();
  });
});

describe('round trips to DynamoDB', () => {
  it('are one for a first delivery and one for a duplicate', async () => {
    // GIVEN a consumer whose requests are counted where they leave, the SDK's own retries included
    const requests: string[] = [];
    const client = new DynamoDBClient(connection.clientConfig);
    client.middlewareStack.add(
      (next, { commandName }) =>
        (args) => {
          requests.push(String(commandName));
          return next(args);
        },
      { step: 'finalizeRequest', priority: 'low' },
    );
    const wiring = fakeWiring({ store: dynamoDbEffectStore({ table: records, client }) });
    const account = unique('account');
    const consumer = createConsumer(
      {
        name: 'counted',
        parse: parseOrderEvent,
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
    expect(requests).toEqual([TransactWriteItemsCommand.name, TransactWriteItemsCommand.name]);
    expect(await item(ledger, { account })).toMatchObject({ orders: 1 });
  });
});
