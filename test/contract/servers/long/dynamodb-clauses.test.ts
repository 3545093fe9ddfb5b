import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { dynamoDbSubject } from '../../dynamodb-subject.ts';
import { someFailingCases } from '../../record-store-suite.ts';
import { clauses, withoutClause } from '../../without-clause.ts';
import { canRunDynamoDbLocal, createTables, startDynamoDbLocal, tables } from '../dynamodb-local.ts';

if (!canRunDynamoDbLocal) {
  test.skip("the DynamoDB store on Amazon's DynamoDB Local without a clause (needs Java and Maven)", () => {});
} else {
  describe("the DynamoDB store on Amazon's DynamoDB Local", () => {
    let server: Awaited<ReturnType<typeof startDynamoDbLocal>>;
    let client: DynamoDBClient;
    beforeAll(async () => {
      server = await startDynamoDbLocal();
      client = server.connect();
      await createTables(client);
    });
    afterAll(() => server?.stop());

    it.each(clauses)('fails the suite without the clause %s', async (clause) => {
      // GIVEN the same store, with one clause of its conditions always true
      const broken = server.connect();
      const times = withoutClause(broken, clause);
      // WHEN the suite runs over it
      const failures = await someFailingCases(dynamoDbSubject(broken, tables, client));
      // THEN a case sees it
      expect(failures).not.toEqual([]);
      // A case that fails on its own says nothing about the clause.
      expect(times() === 0 ? failures : []).toEqual([]);
    });
  });
}
