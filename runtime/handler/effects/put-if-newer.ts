import { path } from '../../../contract/event/exact-json.ts';
import { tombstoneAttribute } from '../../../contract/record-attributes.ts';
import { ValueError } from '../../values/attribute-values.ts';
import { brand, type ItemOf, onTable, type TableArgument } from './effect.ts';
import { type Versioned, type VersionOptions, versionedKind } from './versions.ts';

export interface PutIfNewer extends Versioned {
  readonly kind: 'putIfNewer';
}

/**
 * Writes the whole item if there is none, or the one that is there has a lower version. Otherwise it is *stale*: nothing
 * is written for it, the event's other effects happen all the same, and its record lists it. An equal version is stale
 * too: which of two events with one version is newer cannot be told, so the first one stays.
 *
 * An item whose version is missing or no number (a plain `put` wrote it) is older than any.
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
