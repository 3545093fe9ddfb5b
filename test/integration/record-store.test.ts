import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { dynamoDbSubject } from '../contract/dynamodb-subject.ts';
import { failingCases, testRecordStore } from '../contract/record-store-suite.ts';
import { withoutClause } from '../contract/without-clause.ts';
import { can, connection, dynamoDb } from './support.ts';

const { main, clientConfig } = connection;

/** The emulator accepts what DynamoDB refuses, and does not increment attributes with the names of its own objects. */
const gaps = new Set([
  'commit with a key of another name is refused as an invalid request and writes nothing',
  'commit with an item without its key is refused as an invalid request and writes nothing',
  'commit of a removal whose key has one attribute too many is refused',
  'commit of a removal whose key is a text of 2049 characters is refused',
  'commit of a removal whose key is undefined is refused',
  'commit of an item whose key is undefined is refused',
  'commit of an increment to a sum of 39 digits is refused',
  'commit of an increment to a sum above 9.9e125 is refused',
  "commit adds up increments of attributes whose names belong to JavaScript's objects or to DynamoDB's JSON",
]);

describe('the DynamoDB store', () => {
  const subject = dynamoDbSubject(dynamoDb, main);
  testRecordStore(
    { serverTime: false, keepsExpired: true, effects: true },
    () => subject,
    can('requestChecks') ? new Set() : gaps,
  );

  it('fails the suite without its fence', async () => {
    const unfenced = new DynamoDBClient(clientConfig);
    withoutClause(unfenced, '#attempt = :attempt');
    await expect(failingCases(dynamoDbSubject(unfenced, main, dynamoDb))).resolves.toEqual(
      expect.arrayContaining([expect.stringContaining('an owner whose lease was taken over')]),
    );
  });
});
