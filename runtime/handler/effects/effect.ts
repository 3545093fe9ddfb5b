import type { KeyValue, Table } from '../tables.ts';

/**
 * A key or an item as plain values: strings, finite numbers, bigints, booleans, null, lists and plain objects of them. The
 * SDK's `NumberValue`, `Map`s, binary values, and `Set`s of one type are taken too. Members that are `undefined` are left
 * out, in lists too. Every store refuses the commit for any other value, and its reason names the place: `item.lines[0].when`.
 *
 * DynamoDB's limits hold: names from 1 to 65,535 bytes, numbers of 38 digits from 1e-130 to 9.9e125, 31 levels of documents
 * below an item, 400 KB for an item. `__proto__` is not taken as a name, since code that copies objects loses it.
 */
export type Item = Readonly<Record<string, unknown>>;

/** A table of `{ tables }`, or the name of any other in DynamoDB. Effects on it may have to be committed alone then. */
export type TableArgument = string | Table;

/** A whole item of a table: of a declared one it has the key attributes. */
export type ItemOf<Of> = Of extends Table<infer Key> ? Item & Readonly<Record<Key, KeyValue>> : Item;

/** The key of an item of a table: of a declared one it has the key attributes and nothing else. */
export type KeyOf<Of> = Of extends Table<infer Key> ? Readonly<Record<Key, KeyValue>> : Item;

/**
 * Marks the effects that this module makes. A copy by spread keeps the mark, whatever is changed in the copy. An effect
 * without it is recognised by its members.
 */
export const effectBrand: unique symbol = Symbol.for('order-once/effect');

export interface Branded {
  readonly [effectBrand]?: true;
}

export const brand = { [effectBrand]: true } as const;

/** The table that an effect writes to. */
export interface OnTable extends Branded {
  /** Its name in DynamoDB. */
  readonly table: string;
  /** The names of its key attributes, if `createConsumer` declares the table. */
  readonly tableKey?: readonly string[];
}

/** The members of an effect that tell of its table. */
export function onTable(table: TableArgument): Pick<OnTable, 'table' | 'tableKey'> {
  // Anything may stand here in JavaScript: the check of the effect names it.
  if (typeof table !== 'object' || table === null) return { table };
  return { table: table.tableName, tableKey: table.key };
}
