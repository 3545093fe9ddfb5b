import { path } from '../../contract/exact-json.ts';
import type { OrderEvent } from '../../contract/order-event.ts';
import type { Effect } from '../../runtime/effects.ts';
import { describe } from '../../runtime/errors.ts';
import type { Refusal } from '../../runtime/intake/intake.ts';
import { writeOf } from '../../runtime/stores/dynamodb/effects.ts';
import { itemSize, type StoredItem } from '../../runtime/stores/dynamodb/item-size.ts';
import { isVersioned, versionOf } from '../../runtime/stores/versions.ts';
import { applyOrder } from './apply-order.ts';

/** Bytes (AWS: "Quotas in Amazon DynamoDB"): of a partition key, of an attribute's name, of an item. */
const limits = { key: 2048, name: 65_535, item: 400 * 1024 } as const;

/** The effects are looked at, not committed, so the tables need no names. */
const effectsOf = applyOrder({ orders: 'orders', ledger: 'ledger', customers: 'customers' });

/**
 * Why `fulfilment` could never apply an order: it computes the order's effects and looks whether DynamoDB takes them. Such
 * an order would be accepted, and end in the dead-letter queue.
 *
 * @returns The field in the words of the intake's clients; `undefined` if the order can be applied.
 */
export function refusalOf(event: OrderEvent): Refusal | undefined {
  const { data, partitionkey } = event;
  return (
    refusalOfKey('order.orderId', data.orderId) ??
    refusalOfKey('account', partitionkey) ??
    refusalOfName(data, ['order']) ??
    firstOf(effectsOf(event), refusalOfEffect)
  );
}

function refusalOfKey(field: string, key: string): Refusal | undefined {
  const bytes = Buffer.byteLength(key);
  if (bytes <= limits.key) return undefined;
  return { field, reason: `${field}: has ${bytes} bytes; a key has at most ${limits.key}` };
}

/** Of a member anywhere in a value. */
function refusalOfName(value: unknown, place: readonly string[]): Refusal | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  return firstOf(Object.entries(value), ([name, member]) => {
    const bytes = Buffer.byteLength(name);
    const field = path([...place, name]);
    if (bytes >= 1 && bytes <= limits.name) return refusalOfName(member, [...place, name]);
    return { field, reason: `${field}: the name has ${bytes} bytes; it must have 1 to ${limits.name}` };
  });
}

function refusalOfEffect(effect: Effect): Refusal | undefined {
  try {
    if (isVersioned(effect)) versionOf(effect);
  } catch {
    return { field: 'sequence', reason: 'sequence: must be a string of 1 to 38 digits' };
  }
  try {
    const { Put, Update } = writeOf(effect);
    const bytes = itemSize((Put?.Item ?? Update?.Key ?? {}) as StoredItem);
    if (bytes <= limits.item) return undefined;
    return { field: 'order', reason: `order: takes ${bytes} bytes in its table; at most ${limits.item} fit` };
  } catch (error) {
    return { field: 'order', reason: `order: cannot be stored: ${describe(error)}` };
  }
}

function firstOf<T>(values: readonly T[], of: (value: T) => Refusal | undefined): Refusal | undefined {
  for (const value of values) {
    const refusal = of(value);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}
