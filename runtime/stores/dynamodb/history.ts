import type { AttributeValue, Put } from '@aws-sdk/client-dynamodb';
import { type ConsumerHistory, historyAttributes, historyKey } from '../../../contract/record/history.ts';
import { recordAttributes } from '../../../contract/record/record-attributes.ts';
import { marshallItem, unmarshallItem } from '../../values/attribute-values.ts';

/** Writes a consumer's history, if there is none. */
export function historyPut({ consumer, beganAt, from, since }: ConsumerHistory): Omit<Put, 'TableName'> & {
  readonly Item: Record<string, AttributeValue>;
} {
  const item = {
    [recordAttributes.id]: historyKey(consumer),
    [historyAttributes.consumer]: consumer,
    [historyAttributes.beganAt]: beganAt,
    ...(from !== undefined && { [historyAttributes.from]: from }),
    ...(since !== undefined && { [historyAttributes.since]: since }),
  };
  return {
    Item: marshallItem(item),
    ConditionExpression: 'attribute_not_exists(#id)',
    ExpressionAttributeNames: { '#id': recordAttributes.id },
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  };
}

export function readHistoryItem(
  item: Record<string, AttributeValue> | undefined,
): ConsumerHistory | undefined {
  if (item === undefined) return undefined;
  const values = unmarshallItem(item);
  const number = (name: keyof typeof historyAttributes) =>
    values[historyAttributes[name]] as number | undefined;
  return {
    consumer: String(values[historyAttributes.consumer]),
    beganAt: number('beganAt') ?? 0,
    from: number('from'),
    since: number('since'),
  };
}
