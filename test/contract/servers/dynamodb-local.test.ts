import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { dynamoDbSubject } from '../dynamodb-subject.ts';
import { testRecordStore } from '../record-store-suite.ts';
import type { StoreUnderTest } from '../subject.ts';
import { canRunDynamoDbLocal, createTables, startDynamoDbLocal, tables } from './dynamodb-local.ts';

if (!canRunDynamoDbLocal) {
  test.skip("the DynamoDB store on Amazon's DynamoDB Local (needs Java and Maven)", () => {});
} else {
  describe("the DynamoDB store on Amazon's DynamoDB Local", () => {
    let server: Awaited<ReturnType<typeof startDynamoDbLocal>>;
    let client: DynamoDBClient;
    let subject: StoreUnderTest;
    beforeAll(async () => {
      server = await startDynamoDbLocal();
      client = server.connect();
      await createTables(client);
      subject = dynamoDbSubject(client, tables);
    });
    afterAll(() => server?.stop());

    testRecordStore({ serverTime: false, keepsExpired: true, effects: true }, () => subject);
  });
}
