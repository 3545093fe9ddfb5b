import { marshallItem } from '../../values/attribute-values.ts';
import { sizeOf } from '../../values/item-size.ts';
import { brand, type Item, type KeyOf, type OnTable, onTable, type TableArgument } from './effect.ts';
import type { EffectKind } from './effect-kind.ts';

export interface Remove extends OnTable {
  readonly kind: 'remove';
  readonly key: Item;
}

/**
 * Deletes one item with its version (see `removeIfNewer`). A missing item is not an error.
 *
 * @example remove(tables.seats, { seat: 'A1' })
 */
export function remove<const Of extends TableArgument>(table: Of, key: KeyOf<Of>): Remove {
  return { kind: 'remove', ...onTable(table), key, ...brand };
}

export const removeKind: EffectKind<Remove> = {
  problem: ({ key }, check) => check.attributes('key', key),
  tableOf: ({ table }) => table,
  placeOf: ({ table, key }) => ({ table, by: 'key', attributes: key }),
  encode({ table, key }) {
    const Key = marshallItem(key, 'key');
    return {
      write: { Delete: { TableName: table, Key } },
      change: { table, by: 'key', attributes: Key, bytes: sizeOf(Key), apply: () => undefined },
    };
  },
};
