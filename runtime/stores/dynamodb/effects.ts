import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import type { EffectWrite } from '../../handler/effects.ts';
import { type StoredEffect, storedEffect } from '../stored-effect.ts';

/** The write of one effect. @throws Error for what DynamoDB does not take, whatever the table holds. */
export function writeOf(effect: EffectWrite): TransactWriteItem {
  return effect.kind === 'raw' ? effect.write : writeOfStored(storedEffect(effect));
}

function writeOfStored(effect: StoredEffect): TransactWriteItem {
  const { table: TableName } = effect;
  switch (effect.kind) {
    case 'put':
      return { Put: { TableName, Item: effect.item, ...conditionOf(effect.newer) } };
    case 'remove':
      return { Delete: { TableName, Key: effect.key } };
    case 'increment': {
      const entries = Object.entries(effect.by);
      return {
        Update: {
          TableName,
          Key: effect.key,
          UpdateExpression: `ADD ${entries.map((_, index) => `#a${index} :a${index}`).join(', ')}`,
          ExpressionAttributeNames: Object.fromEntries(entries.map(([name], index) => [`#a${index}`, name])),
          ExpressionAttributeValues: Object.fromEntries(
            entries.map(([, amount], index) => [`:a${index}`, amount]),
          ),
        },
      };
    }
  }
}

function conditionOf(newer: Extract<StoredEffect, { kind: 'put' }>['newer']) {
  if (newer === undefined) return {};
  return {
    // Without a number there, nothing is: neither an item nor a version.
    ConditionExpression: 'NOT attribute_type(#version, :number) OR #version < :version',
    ExpressionAttributeNames: { '#version': newer.name },
    ExpressionAttributeValues: { ':version': { N: String(newer.version) }, ':number': { S: 'N' } },
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
  };
}
