import { path } from '../../../contract/event/exact-json.ts';
import { tombstoneAttribute } from '../../../contract/record/record-attributes.ts';
import { ValueError } from '../../values/attribute-values.ts';
import { brand, type ItemOf, onTable, type TableArgument } from './effect.ts';
import { type Versioned, type VersionOptions, versionedKind } from './versions.ts';

export interface PutIfNewer extends Versioned {
  readonly kind: 'putIfNewer';
}

/**
 * Writes the whole item if none is stored, or if the stored item has a lower version. Otherwise the effect is *stale*:
 * it is left out, the event's other effects happen, and the event's record lists it. An equal version is stale too,
 * because it is not known which of the two events is newer: the first one stays.
 *
 * A stored item whose version is missing or not a number (a plain `put` wrote it) counts as older.
 *
 * @example putIfNewer(tables.seats, { seat: 'A1', sequence }, { version: 'sequence' })
 */
export function putIfNewer<const Of extends TableArgument>(
  table: Of,
  item: ItemOf<Of>,
  { version }: VersionOptions,
): PutIfNewer {
  return { kind: 'putIfNewer', ...onTable(table), item, version, ...brand };
}

export const putIfNewerKind = versionedKind<PutIfNewer>(({ item }) => {
  if (item[tombstoneAttribute] === undefined) return item;
  const place = path(['item', tombstoneAttribute]);
  throw new ValueError(place, 'putIfNewer has this attribute, which only removeIfNewer writes');
});
