import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { Item } from '../../effects.ts';

/** Numbers beyond 2^53 are as exact as the parser found them, and DynamoDB takes their decimals. */
const marshalling = { removeUndefinedValues: true, allowImpreciseNumbers: true } as const;

/** @throws Error for values that DynamoDB has no type for: functions, NaN, infinities. */
export function marshallItem(item: Item): Record<string, AttributeValue> {
  return marshall(item as Record<string, unknown>, marshalling);
}

export function unmarshallItem(item: Record<string, AttributeValue>): Record<string, unknown> {
  return unmarshall(item);
}
