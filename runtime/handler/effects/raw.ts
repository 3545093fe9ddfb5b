import type { AttributeValue, TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { NumberValueImpl } from '@aws-sdk/util-dynamodb';
import { type Branded, brand, type Item } from './effect.ts';
import type { EffectKind } from './effect-kind.ts';

export interface Raw extends Branded {
  readonly kind: 'raw';
  readonly write: TransactWriteItem;
}

/**
 * Any write that DynamoDB's TransactWriteItems accepts, for conditions of your own. If its condition fails, the message
 * goes to the dead-letter queue at once, as after a `PermanentError`.
 *
 * @param write Exactly one of `Put`, `Update`, `Delete` and `ConditionCheck`.
 * @example raw({ ConditionCheck: { TableName, Key: { hall: { S: 'H1' } }, ConditionExpression: 'attribute_exists(hall)' } })
 */
export function raw(write: TransactWriteItem): Raw {
  return { kind: 'raw', write, ...brand };
}

export const rawKind: EffectKind<Raw> = {
  problem: ({ write }) => rawProblem(write),
  tableOf({ write }) {
    const [operation] = Object.values(write ?? {}).filter((one) => one !== undefined);
    return operation?.TableName;
  },
  placeOf({ write: { Put, Update, Delete, ConditionCheck } }) {
    if (Put) return { table: Put.TableName ?? '', by: 'item', attributes: plain(Put.Item ?? {}) };
    const { TableName: table = '', Key: key = {} } = Update ?? Delete ?? ConditionCheck ?? {};
    return { table, by: 'key', attributes: plain(key) };
  },
  encode: ({ write }) => ({ write }),
};

/** Values that a key can have. */
function plain(attributes: Readonly<Record<string, AttributeValue>>): Item {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, { S, N, B }]) => [
      name,
      N === undefined ? (S ?? B) : new NumberValueImpl(N),
    ]),
  );
}

const operations: ReadonlySet<string> = new Set(['Put', 'Update', 'Delete', 'ConditionCheck']);

/** The members of an attribute value, with a check of each. */
const types: Readonly<Record<string, (value: unknown) => boolean>> = {
  S: (value) => typeof value === 'string',
  N: (value) => typeof value === 'string',
  B: isBinary,
  BOOL: (value) => typeof value === 'boolean',
  NULL: (value) => typeof value === 'boolean',
  L: (value) => Array.isArray(value) && value.every(isAttributeValue),
  M: isAttributes,
  SS: (value) => Array.isArray(value) && value.every((one) => typeof one === 'string'),
  NS: (value) => Array.isArray(value) && value.every((one) => typeof one === 'string'),
  BS: (value) => Array.isArray(value) && value.every(isBinary),
};

/**
 * Describes the problem of a raw write. The SDK silently drops or changes unknown values: a null is left out, and `{ S:
 * 5 }` becomes an empty text.
 */
function rawProblem(write: unknown): string | undefined {
  if (typeof write !== 'object' || write === null) {
    return `${write === null ? 'null' : typeof write} for its write: give { Put: { TableName, Item } } for instance`;
  }
  const given = Object.entries(write).filter(([, operation]) => operation !== undefined);
  const names = given.map(([name]) => name);
  const [first] = given;
  if (first === undefined || given.length > 1 || !operations.has(first[0])) {
    return `${names.length === 0 ? 'no operation' : `the operations ${names.join(', ')}`} in its write: give one of ${[...operations].join(', ')}`;
  }
  const [name, operation] = first;
  if (typeof operation !== 'object' || operation === null) return `no object for ${name} in its write`;
  const { Item, Key, ExpressionAttributeValues: values } = operation as Readonly<Record<string, unknown>>;
  const [member, attributes] = name === 'Put' ? ['Item', Item] : ['Key', Key];
  if (!isAttributes(attributes)) return badAttributes(`${name}.${member}`);
  if (values !== undefined && !isAttributes(values))
    return badAttributes(`${name}.ExpressionAttributeValues`);
  return undefined;
}

function badAttributes(place: string): string {
  return `values in ${place} that are no attribute values: give { S: 'text' }, { N: '1' } and so on, as marshall() of @aws-sdk/util-dynamodb does`;
}

function isAttributes(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((one) => one === undefined || isAttributeValue(one));
}

function isAttributeValue(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const [member, ...others] = Object.entries(value).filter(([, one]) => one !== undefined);
  return member !== undefined && others.length === 0 && (types[member[0]]?.(member[1]) ?? false);
}

function isBinary(value: unknown): boolean {
  return ArrayBuffer.isView(value) || value instanceof ArrayBuffer || typeof value === 'string';
}
