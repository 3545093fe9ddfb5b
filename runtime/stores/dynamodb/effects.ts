import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import type { Effect } from '../../effects.ts';
import { marshallItem } from './values.ts';

/** The write of one effect. @throws Error from marshalling, for values that DynamoDB has no type for. */
export function writeOf(effect: Effect): TransactWriteItem {
  switch (effect.kind) {
    case 'put':
      return { Put: { TableName: effect.table, Item: marshallItem(effect.item) } };
    case 'remove':
      return { Delete: { TableName: effect.table, Key: marshallItem(effect.key) } };
    case 'raw':
      return effect.write;
    case 'increment': {
      const entries = Object.entries(effect.by);
      return {
        Update: {
          TableName: effect.table,
          Key: marshallItem(effect.key),
          UpdateExpression: `ADD ${entries.map((_, index) => `#a${index} :a${index}`).join(', ')}`,
          ExpressionAttributeNames: Object.fromEntries(entries.map(([name], index) => [`#a${index}`, name])),
          ExpressionAttributeValues: marshallItem(
            Object.fromEntries(entries.map(([, amount], index) => [`:a${index}`, amount])),
          ),
        },
      };
    }
  }
}
