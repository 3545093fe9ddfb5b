import { DescribeTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { EffectStore } from '../../ports/record-store.ts';
import { isTransient } from './passing-errors.ts';

/**
 * Asks DynamoDB once per table and process. Where the function may not ask (`dynamodb:DescribeTable`), nothing is known as
 * long as the process lives: then effects that write whole items are not folded, and nothing else changes. The same goes
 * for a table with an index, which may refuse an item that the table takes: what a newer item replaces is never sent, and
 * must not pass for that reason.
 */
export function keysOver(dynamoDb: DynamoDBClient): EffectStore['keysOf'] {
  const asked = new Map<string, Promise<readonly string[] | undefined>>();
  async function ask(TableName: string): Promise<readonly string[] | undefined> {
    try {
      const { Table } = await dynamoDb.send(new DescribeTableCommand({ TableName }));
      const {
        KeySchema,
        GlobalSecondaryIndexes: global = [],
        LocalSecondaryIndexes: local = [],
      } = Table ?? {};
      if (global.length + local.length > 0) return undefined;
      return KeySchema?.flatMap(({ AttributeName = [] }) => AttributeName);
    } catch (error) {
      if (isTransient(error)) asked.delete(TableName);
      return undefined;
    }
  }
  return async (table) => {
    const known = asked.get(table) ?? ask(table);
    asked.set(table, known);
    return await known;
  };
}
