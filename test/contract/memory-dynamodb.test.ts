import {
  DynamoDBClient,
  PutItemCommand,
  TransactWriteItemsCommand,
  type TransactWriteItemsCommandInput,
} from '@aws-sdk/client-dynamodb';
import { ledgerTable, ordersTable } from '../../contract/orders/order-tables.ts';
import { recordAttributes } from '../../contract/record/record-attributes.ts';
import { connect } from '../support/dynamodb/connect.ts';
import { memoryDynamoDb } from '../support/dynamodb/memory-dynamodb.ts';
import { type DynamoDbServer, serveDynamoDb } from '../support/dynamodb/server.ts';
import { dynamoDbSubject } from './dynamodb-subject.ts';
import { atWork } from './powertools/calls.ts';
import { layerCases, runLayerCase } from './powertools/layer-cases.ts';
import { inProgress, Scene } from './powertools/layer-scene.ts';
import { someFailingCases, testRecordStore } from './record-store-suite.ts';
import { tables } from './servers/dynamodb-local.ts';
import type { StoreUnderTest } from './subject.ts';
import { clauses, withoutClause } from './without-clause.ts';

const capabilities = { serverTime: false, keepsExpired: true, effects: true } as const;

const dynamoDb = memoryDynamoDb({
  [tables.records]: [recordAttributes.id],
  [tables.orders]: [ordersTable.key],
  [tables.ledger]: [ledgerTable.key],
});

describe('the DynamoDB store on DynamoDB in memory', () => {
  const client = connect(dynamoDb);
  const subject = dynamoDbSubject(client, tables);

  testRecordStore(capabilities, () => subject);

  it.each(clauses)('fails the suite without the clause %s', async (clause) => {
    // GIVEN the same store, with one clause of its conditions always true
    const broken = connect(dynamoDb);
    const times = withoutClause(broken, clause);
    // WHEN the suite runs over it
    const failures = await someFailingCases(dynamoDbSubject(broken, tables, client));
    // THEN a case sees it
    expect(failures).not.toEqual([]);
    // A case that fails on its own says nothing about the clause.
    expect(times() === 0 ? failures : []).toEqual([]);
  });
});

describe('the DynamoDB store on DynamoDB in memory, over HTTP', () => {
  const operations = new Set<string>();
  let server: DynamoDbServer;
  let subject: StoreUnderTest;
  beforeAll(async () => {
    server = await serveDynamoDb(dynamoDb, { onRequest: (operation) => operations.add(operation) });
    const client = new DynamoDBClient({
      endpoint: server.endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'none', secretAccessKey: 'none' },
      maxAttempts: 1,
    });
    subject = dynamoDbSubject(client, tables);
  });
  afterAll(() => server.stop());

  testRecordStore(capabilities, () => subject);

  it('records each request', () => {
    expect([...operations].sort()).toEqual(['GetItem', 'PutItem', 'TransactWriteItems', 'UpdateItem']);
  });
});

describe('the fenced layer on DynamoDB in memory', () => {
  const client = connect(dynamoDb);

  it.each(layerCases)('$name', async (layerCase) => {
    await runLayerCase(layerCase, client);
  });

  it('needs one request for a repeated call, whether the first one is running or completed', async () => {
    const operations: string[] = [];
    const watched = connect(dynamoDb, async (sending) => {
      operations.push(sending.operation);
      return sending.arrive();
    });
    const scene = new Scene(watched, client);
    const owner = await atWork(scene.call({ client }), scene.input());
    await expect(scene.answer()).resolves.toBe(inProgress);
    owner.returns('first');
    await owner.answer;
    await expect(scene.answer()).resolves.toBe('first');
    expect(operations).toEqual(['UpdateItem', 'UpdateItem']);
  });
});

describe('DynamoDB in memory', () => {
  it('answers within one turn of the event loop, because its client reads no file and waits for no timer', async () => {
    const client = connect(dynamoDb);
    let answered = false;
    const put = client
      .send(new PutItemCommand({ TableName: tables.orders, Item: { [ordersTable.key]: { S: 'turn' } } }))
      .then(() => {
        answered = true;
      });
    await new Promise((resolve) => setImmediate(resolve));
    expect(answered).toBe(true);
    await put;
  });

  it('executes a repeated request token once, for ten minutes', async () => {
    let now = 0;
    const dynamoDb = memoryDynamoDb({ [tables.ledger]: [ledgerTable.key] }, { now: () => now });
    const client = connect(dynamoDb);
    const add = (amount: string): TransactWriteItemsCommandInput => ({
      ClientRequestToken: 'token',
      TransactItems: [
        {
          Update: {
            TableName: tables.ledger,
            Key: { [ledgerTable.key]: { S: 'a' } },
            UpdateExpression: 'ADD spent :amount',
            ExpressionAttributeValues: { ':amount': { N: amount } },
          },
        },
      ],
    });
    const send = (amount: string) => client.send(new TransactWriteItemsCommand(add(amount)));
    const spent = () => dynamoDb.items(tables.ledger).get('a')?.spent;
    // GIVEN a transaction that was committed
    await send('0.1');
    // THEN the same one again does nothing
    await send('0.1');
    expect(spent()).toEqual({ N: '0.1' });
    // AND another one under its token is refused
    await expect(send('5')).rejects.toMatchObject({ name: 'IdempotentParameterMismatchException' });
    // AND after ten minutes it is a new one
    now += 600_000;
    await send('0.2');
    expect(spent()).toEqual({ N: '0.3' });
  });

  const item = { [ordersTable.key]: { S: 'one' } };
  const table = { TableName: tables.orders };
  it.each([
    ['an operation', 'Query', table],
    ['a member', 'PutItem', { ...table, Item: item, ReturnItemCollectionMetrics: 'SIZE' }],
    ['a function', 'PutItem', { ...table, Item: item, ConditionExpression: 'size(orderId) = :n' }],
    ['a name that may be reserved', 'PutItem', { ...table, Item: item, ConditionExpression: 'status = :n' }],
    ['a path into a document', 'PutItem', { ...table, Item: item, ConditionExpression: 'spent.total = :n' }],
    [
      'an addition to a set',
      'UpdateItem',
      {
        ...table,
        Key: item,
        UpdateExpression: 'ADD tags :more',
        ExpressionAttributeValues: { ':more': { SS: ['a'] } },
      },
    ],
    ['a read that may be old', 'GetItem', { ...table, Key: item }],
  ])('refuses %s that it does not support', (_, operation, input) => {
    expect(() => dynamoDb.execute(operation, input)).toThrow('The DynamoDB in memory does not know');
  });
});
