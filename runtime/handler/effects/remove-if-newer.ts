import { tombstoneAttribute } from '../../../contract/record/record-attributes.ts';
import { brand, type ItemOf, onTable, type TableArgument } from './effect.ts';
import { type Versioned, type VersionOptions, versionedKind } from './versions.ts';

export interface RemoveIfNewer extends Versioned {
  readonly kind: 'removeIfNewer';
}

/**
 * Removes an item under the condition of `putIfNewer`; otherwise the effect is stale. It replaces the item by a
 * tombstone: the key, the version of the removal, and `tombstoneAttribute`, which tells readers that the item is
 * removed. An older `putIfNewer` that arrives late is stale; a newer one replaces the tombstone. Tombstones never
 * expire, because an expired one would let older events in again.
 *
 * @param item The item's key attributes and its version.
 * @example removeIfNewer(tables.seats, { seat: 'A1', sequence }, { version: 'sequence' })
 */
export function removeIfNewer<const Of extends TableArgument>(
  table: Of,
  item: ItemOf<Of>,
  { version }: VersionOptions,
): RemoveIfNewer {
  return { kind: 'removeIfNewer', ...onTable(table), item, version, ...brand };
}

export const removeIfNewerKind = versionedKind<RemoveIfNewer>(({ item }) => ({
  ...item,
  [tombstoneAttribute]: true,
}));
