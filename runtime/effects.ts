import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';

/** A key or an item as plain values: strings, finite numbers, booleans, null, arrays and objects of them. */
export type Item = Readonly<Record<string, unknown>>;

/**
 * What an event does to the tables. Effects are data: the runtime commits all of an event's effects and its record
 * in one transaction, so that they happen together, once.
 */
export type Effect =
  | { readonly kind: 'put'; readonly table: string; readonly item: Item }
  | {
      readonly kind: 'increment';
      readonly table: string;
      readonly key: Item;
      readonly by: Readonly<Record<string, number>>;
    }
  | { readonly kind: 'remove'; readonly table: string; readonly key: Item }
  | { readonly kind: 'raw'; readonly write: TransactWriteItem };

/** Writes the whole item, over one that is there. Attributes that are `undefined` are left out. */
export function put(table: string, item: Item): Effect {
  return { kind: 'put', table, item };
}

/** Adds to numeric attributes of one item; what is not there yet counts as zero. Exact to 38 digits. */
export function increment(table: string, key: Item, by: Readonly<Record<string, number>>): Effect {
  return { kind: 'increment', table, key, by };
}

/** Deletes one item; that there is none is fine. */
export function remove(table: string, key: Item): Effect {
  return { kind: 'remove', table, key };
}

/**
 * Any write that DynamoDB's TransactWriteItems takes, for conditions of your own. A condition that fails is
 * permanent: the message goes to the dead-letter queue.
 */
export function raw(write: TransactWriteItem): Effect {
  return { kind: 'raw', write };
}
