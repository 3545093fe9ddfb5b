import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { dynamoDbSubject } from '../contract/dynamodb-subject.ts';
import { failingCases, testRecordStore } from '../contract/record-store-suite.ts';
import { withoutClause } from '../contract/without-clause.ts';
import { connection, dynamoDb } from './support.ts';

const { main, clientConfig } = connection;

describe('the DynamoDB store', () => {
  const subject = dynamoDbSubject(dynamoDb, main);
  testRecordStore({ serverTime: false, keepsExpired: true, effects: true }, () => subject);

  it('fails the suite without its fence', async () => {
    const unfenced = new DynamoDBClient(clientConfig);
    withoutClause(unfenced, '#attempt = :attempt');
    await expect(failingCases(dynamoDbSubject(unfenced, main, dynamoDb))).resolves.toEqual(
      expect.arrayContaining([expect.stringContaining('an owner that was taken over is fenced')]),
    );
  });
});
