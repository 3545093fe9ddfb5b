import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { dynamoDbSubject } from '../contract/dynamodb-subject.ts';
import { failingCases, testRecordStore } from '../contract/record-store-suite.ts';
import { withoutClause } from '../contract/without-clause.ts';
import { connection, dynamoDb } from './support.ts';

const { main, clientConfig } = connection;

/** The emulator takes what DynamoDB refuses, and adds to no attribute whose name its own objects have. */
const gaps = new Set([
  ...['a key of another name', 'an item without its key'].map(
    (what) => `commit with ${what}: refused as a request, and nothing is written`,
  ),
  'commit of a key that has an attribute more: refused',
  'commit of a removal whose key is a text of 2049: refused',
  'commit of a removal whose key is undefined: refused',
  'commit of an item whose key is undefined: refused',
  'commit of a sum of 39 digits: refused',
  'commit of a sum above 9.9e125: refused',
  'commit of increments of such attributes: added up',
]);

describe('the DynamoDB store', () => {
  const subject = dynamoDbSubject(dynamoDb, main);
  testRecordStore(
    { serverTime: false, keepsExpired: true, effects: true },
    () => subject,
    connection.emulator ? gaps : new Set(),
  );

  it('fails the suite without its fence', async () => {
    const unfenced = new DynamoDBClient(clientConfig);
    withoutClause(unfenced, '#attempt = :attempt');
    await expect(failingCases(dynamoDbSubject(unfenced, main, dynamoDb))).resolves.toEqual(
      expect.arrayContaining([expect.stringContaining('an owner that was taken over is fenced')]),
    );
  });
});
