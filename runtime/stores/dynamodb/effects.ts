import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import type { EffectWrite } from '../../effects.ts';
import { itemOf, versionOf } from '../versions.ts';
import { marshallItem } from './values.ts';

/** The write of one effect. @throws Error for values that DynamoDB has no type for, and versions that are none. */
export function writeOf(effect: EffectWrite): TransactWriteItem {
  switch (effect.kind) {
    case 'put':
      return { Put: { TableName: effect.table, Item: marshallItem(effect.item) } };
    case 'putIfNewer':
    case 'removeIfNewer':
      return {
        Put: {
          TableName: effect.table,
          Item: marshallItem(itemOf(effect)),
          // Without a number there, nothing is: neither an item nor a version.
          ConditionExpression: 'NOT attribute_type(#version, :number) OR #version < :version',
          ExpressionAttributeNames: { '#version': effect.version },
          ExpressionAttributeValues: marshallItem({ ':version': versionOf(effect), ':number': 'N' }),
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        },
      };
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
          ExpressionAttributeValues: Object.fromEntries(
            entries.map(([, amount], index) => [`:a${index}`, { N: String(amount) }]),
          ),
        },
      };
    }
  }
}
