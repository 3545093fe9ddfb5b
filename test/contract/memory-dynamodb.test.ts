import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ledgerTable, ordersTable, recordAttributes } from '../../contract/tables.ts';
import { connect } from '../support/dynamodb/connect.ts';
import { memoryDynamoDb } from '../support/dynamodb/memory-dynamodb.ts';
import { type DynamoDbServer, serveDynamoDb } from '../support/dynamodb/server.ts';
import { dynamoDbSubject } from './dynamodb-subject.ts';
import { failingCases, testRecordStore } from './record-store-suite.ts';
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
    const failures = await failingCases(dynamoDbSubject(broken, tables, client));
    // THEN a case sees it
    expect(times()).toBeGreaterThan(0);
    expect(failures).not.toEqual([]);
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

  it('was told of each request', () => {
    expect([...operations].sort()).toEqual(['GetItem', 'PutItem', 'TransactWriteItems', 'UpdateItem']);
  });
});
