import { tombstoneAttribute } from '../../../contract/record-attributes.ts';
import { brand, type ItemOf, onTable, type TableArgument } from './effect.ts';
import { type Versioned, type VersionOptions, versionedKind } from './versions.ts';

export interface RemoveIfNewer extends Versioned {
  readonly kind: 'removeIfNewer';
}

/**
 * Removes an item, or is stale, as `putIfNewer` is. What it leaves is a tombstone: key and version of the removal, and
 * `tombstoneAttribute`, by which readers tell that the item is gone. So an older `putIfNewer` that comes late does not
 * bring it back; a newer one replaces it. Tombstones stay: one that went would let older events in again.
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
