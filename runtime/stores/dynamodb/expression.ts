import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { knownFormat, recordAttributes } from '../../../contract/record/record-attributes.ts';
import type { Item } from '../../handler/effects/index.ts';
import { marshallItem } from '../../values/attribute-values.ts';

export type AttributeName = keyof typeof recordAttributes;

/** New values of a record's attributes. `undefined` values are not written. */
export type Sets = Partial<Readonly<Record<AttributeName, unknown>>>;

const constants = {
  retrying: 'RETRYING',
  inProgress: 'INPROGRESS',
  completed: 'COMPLETED',
  quarantined: 'QUARANTINED',
  outcomeUnknown: 'OUTCOME_UNKNOWN',
  started: 'STARTED',
  knownFormat,
} as const;

export interface ExpressionInput {
  readonly ConditionExpression: string;
  readonly UpdateExpression?: string;
}

interface Used {
  readonly names: Readonly<Record<string, string>>;
  readonly values: readonly string[];
}

/**
 * The used names and values by expression. The number of expressions is limited, because they depend only on the step
 * and its variant.
 */
const usedBy = new Map<string, Used>();

/**
 * Adds the names and values that the expressions use: `#attempt` is the record's attribute, `:attempt` a value.
 * DynamoDB refuses a request with unused names or values.
 */
export function withNamesAndValues<T extends ExpressionInput>(expressions: T, values: Item) {
  const text = Object.values(expressions).join(' ');
  const used = usedBy.get(text) ?? usedIn(text);
  usedBy.set(text, used);
  const known: Item = { ...constants, ...values };
  const bound = used.values.map((name) => [`:${name}`, known[name]] as const);
  return {
    ...expressions,
    ExpressionAttributeNames: used.names,
    ...(bound.length > 0 && { ExpressionAttributeValues: marshallItem(Object.fromEntries(bound)) }),
    // This is free, and returns the record without a second request.
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
  };
}

function usedIn(text: string): Used {
  const tokens = [...new Set(text.match(/[#:]\w+/g))];
  const named = (sign: string) =>
    tokens.filter((token) => token.startsWith(sign)).map((token) => token.slice(1));
  return {
    names: Object.fromEntries(
      named('#').map((name) => [`#${name}`, recordAttributes[name as AttributeName]]),
    ),
    values: named(':'),
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
