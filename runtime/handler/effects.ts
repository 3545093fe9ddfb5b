import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';

/**
 * A key or an item as plain values: strings, finite numbers, bigints, booleans, null, lists and plain objects of them. The
 * SDK's `NumberValue`, `Map`s, binary values, and `Set`s of one type are taken too. Members that are `undefined` are left
 * out, in lists too. Every store refuses the commit for any other value, and its reason names the place: `item.lines[0].when`.
 *
 * DynamoDB's limits hold: names from 1 to 65,535 bytes, numbers of 38 digits from 1e-130 to 9.9e125, 31 levels of documents
 * below an item, 400 KB for an item. `__proto__` is not taken as a name, since code that copies objects loses it.
 */
export type Item = Readonly<Record<string, unknown>>;

/**
 * Marks the effects that this module makes. A copy by spread keeps the mark, whatever is changed in the copy. An effect
 * without it is recognised by its members.
 */
export const effectBrand: unique symbol = Symbol.for('order-once/effect');

interface Branded {
  readonly [effectBrand]?: true;
}

/** Amounts to add, by attribute. */
export type Amounts<Amount = number | bigint> = Readonly<Record<string, Amount>>;

/**
 * A change of one item of a table. Effects are data: the runtime commits all of an event's effects and its record
 * in one transaction, so that they happen together, once.
 */
export type Effect<Amount = number | bigint> =
  | (Branded & { readonly kind: 'put'; readonly table: string; readonly item: Item })
  | Increment<Amount>
  | VersionedEffect
  | (Branded & { readonly kind: 'remove'; readonly table: string; readonly key: Item })
  | (Branded & { readonly kind: 'raw'; readonly write: TransactWriteItem });

export interface Increment<Amount = number | bigint> extends Branded {
  readonly kind: 'increment';
  readonly table: string;
  readonly key: Item;
  readonly by: Amounts<Amount>;
}

/** An effect as a store gets it. The sum of several increments is decimal text where no double holds it exactly. */
export type EffectWrite = Effect<number | bigint | `${number}`>;

/** Happens only if it is newer than what is there. */
export interface VersionedEffect extends Branded {
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

const brand = { [effectBrand]: true } as const;

/** Writes the whole item, over one that is there. Attributes that are `undefined` are left out. */
export function put(table: string, item: Item): Effect {
  return { kind: 'put', table, item, ...brand };
}

/**
 * Adds to numeric attributes of one item. Exact to 38 digits. An item or an attribute that does not exist counts as zero,
 * and exists afterwards, even if the amount is 0.
 *
 * Several increments of one item by one event add up.
 *
 * @param by Finite numbers, by attribute. `{}` does nothing.
 */
export function increment(table: string, key: Item, by: Amounts): Effect {
  return { kind: 'increment', table, key, by, ...brand };
}

/** Whether an effect writes nothing. */
export function isNothing(effect: EffectWrite): boolean {
  return effect.kind === 'increment' && Object.keys(effect.by).length === 0;
}

/**
 * Writes the whole item if there is none, or the one that is there has a lower version. Otherwise it is *stale*: nothing
 * is written for it, the event's other effects happen all the same, and its record lists it. An equal version is stale
 * too: which of two events with one version is newer cannot be told, so the first one stays.
 *
 * An item whose version is missing or no number (a plain `put` wrote it) is older than any.
 */
export function putIfNewer(table: string, item: Item, { version }: VersionOptions): Effect {
  return { kind: 'putIfNewer', table, item, version, ...brand };
}

/**
 * Removes an item, or is stale, as `putIfNewer` is. What it leaves is a tombstone: key and version of the removal, and
 * `tombstoneAttribute`, by which readers tell that the item is gone. So an older `putIfNewer` that comes late does not
 * bring it back; a newer one replaces it. Tombstones stay: one that went would let older events in again.
 *
 * @param item The item's key attributes and its version.
 */
export function removeIfNewer(table: string, item: Item, { version }: VersionOptions): Effect {
  return { kind: 'removeIfNewer', table, item, version, ...brand };
}

/** Deletes one item, its version too (see `removeIfNewer`); that there is none is fine. */
export function remove(table: string, key: Item): Effect {
  return { kind: 'remove', table, key, ...brand };
}

/**
 * Any write that DynamoDB's TransactWriteItems takes, for conditions of your own. If its condition fails, the handler has
 * refused the event: the message goes to the dead-letter queue at once, as after a `PermanentError`.
 *
 * @param write Exactly one of `Put`, `Update`, `Delete` and `ConditionCheck`.
 */
export function raw(write: TransactWriteItem): Effect {
  return { kind: 'raw', write, ...brand };
}
