import { type Attributes, marshallItem, ValueError } from '../../values/attribute-values.ts';
import { largestItem, sizeOf } from '../../values/item-size.ts';
import { brand, type Item, type ItemOf, type OnTable, onTable, type TableArgument } from './effect.ts';
import type { EffectKind, EncodedEffect } from './effect-kind.ts';

export interface Put extends OnTable {
  readonly kind: 'put';
  readonly item: Item;
}

/**
 * Writes the whole item and replaces a stored one. Attributes that are `undefined` are left out.
 *
 * @example put(tables.seats, { seat: 'A1', price: 12.5 })
 */
export function put<const Of extends TableArgument>(table: Of, item: ItemOf<Of>): Put {
  return { kind: 'put', ...onTable(table), item, ...brand };
}

export const putKind: EffectKind<Put> = {
  problem: ({ item }, check) => check.attributes('item', item),
  tableOf: ({ table }) => table,
  placeOf: ({ table, item }) => ({ table, by: 'item', attributes: item }),
  encode: ({ table, item }) => encodePut(table, marshallItem(item)),
};

/** A write of a whole item. @throws ValueError for an item that is too large. */
export function encodePut(table: string, item: Attributes) {
  const bytes = sizeOf(item);
  if (bytes > largestItem) {
    throw new ValueError('item', `has ${bytes} bytes; an item of DynamoDB has at most ${largestItem}`);
  }
  return {
    write: { Put: { TableName: table, Item: item } },
    change: { table, by: 'item', attributes: item, bytes, apply: () => item },
  } satisfies EncodedEffect;
}
