import { DescribeTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { EffectStore } from '../record-store.ts';

/** In ms, for each try: what only saves requests must not hold up the ones that it saves. */
const requestTimeout = 1000;

/**
 * Asks DynamoDB once per table and process. Where it does not answer, or the function may not ask
 * (`dynamodb:DescribeTable`), nothing is known as long as the process lives: then effects that write whole items are
 * not folded, and nothing else changes.
 */
export function keysOver(dynamoDb: DynamoDBClient): EffectStore['keysOf'] {
  const asked = new Map<string, Promise<readonly string[] | undefined>>();
  async function ask(TableName: string): Promise<readonly string[] | undefined> {
    try {
      const { Table } = await dynamoDb.send(new DescribeTableCommand({ TableName }), { requestTimeout });
      return Table?.KeySchema?.flatMap(({ AttributeName = [] }) => AttributeName);
    } catch {
      return undefined;
    }
  }
  return async (table) => {
    const known = asked.get(table) ?? ask(table);
    asked.set(table, known);
    return await known;
  };
}
