import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { dynamoDbSubject } from './dynamodb-subject.ts';
import { someFailingCases, testRecordStore } from './record-store-suite.ts';
import { canRunDynamoDbLocal, createTables, startDynamoDbLocal, tables } from './servers/dynamodb-local.ts';
import type { StoreUnderTest } from './subject.ts';
import { clauses, withoutClause } from './without-clause.ts';

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

    it.each(clauses)('fails the suite without the clause %s', async (clause) => {
      // GIVEN the same store, with one clause of its conditions always true
      const broken = server.connect();
      const times = withoutClause(broken, clause);
      // WHEN the suite runs over it
      const failures = await someFailingCases(dynamoDbSubject(broken, tables, client));
      // THEN a case sees it
      expect(times()).toBeGreaterThan(0);
      expect(failures).not.toEqual([]);
    });
  });
}
