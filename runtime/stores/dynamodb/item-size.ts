import type { AttributeValue } from '@aws-sdk/client-dynamodb';

export type StoredItem = Readonly<Record<string, AttributeValue>>;

/** Of a list or a map, whatever is in it; each of its elements takes one byte more. */
const ofContainer = 3;

/** Bytes of an item as DynamoDB bills them (DynamoDB Developer Guide, "DynamoDB item sizes and formats"). */
export function itemSize(item: StoredItem): number {
  return sum(Object.entries(item), ([name, value]) => Buffer.byteLength(name) + valueSize(value));
}

function valueSize({ S, N, L, M, BOOL, NULL }: AttributeValue): number {
  if (S !== undefined) return Buffer.byteLength(S);
  if (N !== undefined) return numberSize(N);
  if (BOOL !== undefined || NULL !== undefined) return 1;
  if (L !== undefined) return ofContainer + sum(L, (value) => 1 + valueSize(value));
  if (M !== undefined) {
    return ofContainer + sum(Object.entries(M), ([name, value]) => itemSize({ [name]: value }) + 1);
  }
  throw new Error('The item has a value of a type that is not counted here: binary, or a set');
}

/** A byte, and one for every two significant digits; the guide calls it approximate. */
function numberSize(text: string): number {
  const digits = text
    .replace(/e.*$/i, '')
    .replace(/[^\d]/g, '')
    .replace(/^0+|0+$/g, '');
  return 1 + Math.ceil(digits.length / 2);
}

function sum<T>(values: readonly T[], of: (value: T) => number): number {
  return values.reduce((total, value) => total + of(value), 0);
}
