import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { recordAttributes } from '../../../contract/tables.ts';
import type { Item } from '../../effects.ts';
import { marshallItem } from './values.ts';

export type AttributeName = keyof typeof recordAttributes;

/** New values of a record's attributes; what is `undefined` is not written. */
export type Sets = Partial<Readonly<Record<AttributeName, unknown>>>;

const statuses = {
  retrying: 'RETRYING',
  inProgress: 'INPROGRESS',
  completed: 'COMPLETED',
  quarantined: 'QUARANTINED',
  outcomeUnknown: 'OUTCOME_UNKNOWN',
} as const;

export interface ExpressionInput {
  readonly ConditionExpression: string;
  readonly UpdateExpression?: string;
}

/**
 * The names and values that the expressions use: `#attempt` is the record's attribute, `:attempt` a value. DynamoDB
 * refuses a request that brings more than it uses.
 */
export function withNamesAndValues<T extends ExpressionInput>(expressions: T, values: Item) {
  const text = Object.values(expressions).join(' ');
  const used = (sign: string) => [...new Set(text.match(new RegExp(`${sign}\\w+`, 'g')))];
  const known: Item = { ...statuses, ...values };
  const bound = used(':').map((token) => [token, known[token.slice(1)]] as const);
  return {
    ...expressions,
    ExpressionAttributeNames: Object.fromEntries(
      used('#').map((token) => [token, recordAttributes[token.slice(1) as AttributeName]]),
    ),
    ...(bound.length > 0 && { ExpressionAttributeValues: marshallItem(Object.fromEntries(bound)) }),
    // It is free, and shows whose record it is without a second request.
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
  };
}

export function keyOf(id: string): Record<string, AttributeValue> {
  return marshallItem({ [recordAttributes.id]: id });
}

/** `SET #a = :set_a, ...`, and its values. */
export function setting(sets: Sets): { readonly sets: string; readonly values: Item } {
  const present = Object.entries(sets).filter(([, value]) => value !== undefined);
  return {
    sets: present.map(([name]) => `#${name} = :set_${name}`).join(', '),
    values: Object.fromEntries(present.map(([name, value]) => [`set_${name}`, value])),
  };
}
