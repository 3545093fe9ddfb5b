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
  | VersionedEffect
  | { readonly kind: 'remove'; readonly table: string; readonly key: Item }
  | { readonly kind: 'raw'; readonly write: TransactWriteItem };

/** Happens only if it is newer than what is there. */
export interface VersionedEffect {
  readonly kind: 'putIfNewer' | 'removeIfNewer';
  readonly table: string;
  readonly item: Item;
  /** The name of the item's attribute that tells older from newer. */
  readonly version: string;
}

export interface VersionOptions {
  /**
   * The name of the item's attribute that tells older from newer: a string of 1 to 38 digits, as an event's `sequence`
   * is, or a safe integer from 0. It is stored as a number of DynamoDB and compared as one: 10 is newer than 9.
   */
  readonly version: string;
}

/** Writes the whole item, over one that is there. Attributes that are `undefined` are left out. */
export function put(table: string, item: Item): Effect {
  return { kind: 'put', table, item };
}

/** Adds to numeric attributes of one item; what is not there yet counts as zero. Exact to 38 digits. */
export function increment(table: string, key: Item, by: Readonly<Record<string, number>>): Effect {
  return { kind: 'increment', table, key, by };
}

/**
 * Writes the whole item if there is none, or the one that is there has a lower version. Otherwise it is *stale*: nothing
 * is written for it, the event's other effects happen all the same, and its record lists it. An equal version is stale
 * too: which of two events with one version is newer cannot be told, so the first one stays.
 *
 * An item whose version is missing or no number (a plain `put` wrote it) is older than any.
 */
export function putIfNewer(table: string, item: Item, { version }: VersionOptions): Effect {
  return { kind: 'putIfNewer', table, item, version };
}

/**
 * Removes an item, or is stale, as `putIfNewer` is. What it leaves is a tombstone: key and version of the removal, and
 * `tombstoneAttribute`, by which readers tell that the item is gone. So an older `putIfNewer` that comes late does not
 * bring it back; a newer one replaces it. Tombstones stay: one that went would let older events in again.
 *
 * @param item The item's key attributes and its version.
 */
export function removeIfNewer(table: string, item: Item, { version }: VersionOptions): Effect {
  return { kind: 'removeIfNewer', table, item, version };
}

/** Deletes one item, its version too (see `removeIfNewer`); that there is none is fine. */
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
