import type { KeyValue, Table } from '../tables.ts';

/**
 * A key or an item of plain values: strings, finite numbers, bigints, booleans, null, lists and plain objects of them.
 * The SDK's `NumberValue`, `Map`s, binary values, and `Set`s of one type are accepted too. Members that are `undefined`
 * are left out, in lists too. Any other value makes every store refuse the commit, and the reason names the place:
 * `item.lines[0].when`.
 *
 * DynamoDB's limits hold: names from 1 to 65,535 bytes, numbers of 38 digits from 1e-130 to 9.9e125, 31 levels of
 * documents below an item, 400 KB for an item. `__proto__` is not accepted as a name, because code that copies objects
 * loses it.
 */
export type Item = Readonly<Record<string, unknown>>;

/**
 * A table of `{ tables }`, or the DynamoDB name of any other table. Effects on a table by name may have to be committed
 * alone.
 */
export type TableArgument = string | Table;

/** A whole item of a table. An item of a declared table must have the key attributes. */
export type ItemOf<Of> = Of extends Table<infer Key> ? Item & Readonly<Record<Key, KeyValue>> : Item;

/** The key of an item. The key of a declared table has exactly the key attributes. */
export type KeyOf<Of> = Of extends Table<infer Key> ? Readonly<Record<Key, KeyValue>> : Item;

/**
 * Marks the effects that this module makes. A spread copy keeps the mark. An effect without the mark is recognised by
 * its members.
 */
export const effectBrand: unique symbol = Symbol.for('order-once/effect');

export interface Branded {
  readonly [effectBrand]?: true;
}

export const brand = { [effectBrand]: true } as const;

/** The table that an effect writes to. */
export interface OnTable extends Branded {
  /** The table's name in DynamoDB. */
  readonly table: string;
  /** The names of its key attributes, if `createConsumer` declares the table. */
  readonly tableKey?: readonly string[];
}

/** Returns the members of an effect that describe its table. */
export function onTable(table: TableArgument): Pick<OnTable, 'table' | 'tableKey'> {
  // In JavaScript this can be any value; the check of the effect reports it.
  if (typeof table !== 'object' || table === null) return { table };
  return { table: table.tableName, tableKey: table.key };
}
