import { path } from '../../contract/event/exact-json.ts';
import { tombstoneAttribute } from '../../contract/record-attributes.ts';
import { ValueError } from '../values/attribute-values.ts';
import type { EffectWrite, Item, VersionedEffect } from './effects.ts';

export function isVersioned(effect: EffectWrite | undefined): effect is VersionedEffect {
  return effect?.kind === 'putIfNewer' || effect?.kind === 'removeIfNewer';
}

/** DynamoDB's numbers have 38 digits (AWS: "Supported data types", Number). */
const digits = /^\d{1,38}$/;

/** @throws ValueError for a version that is neither digits nor a safe integer. */
export function versionOf({ kind, item, version: name }: VersionedEffect): bigint {
  const value = item[name];
  const isNumber = typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
  if (isNumber || (typeof value === 'string' && digits.test(value))) return BigInt(value);
  const given = typeof value === 'bigint' ? `${value}n` : JSON.stringify(value);
  throw new ValueError(
    path(['item', name]),
    `${kind} has ${given} for its version "${name}": give a string of 1 to 38 digits or a safe integer from 0`,
  );
}

/** The item as it is stored: its version a number, and of a removed one the mark that it is gone. */
export function itemOf(effect: VersionedEffect): Item {
  const { kind, item, version } = effect;
  if (kind === 'putIfNewer' && item[tombstoneAttribute] !== undefined) {
    const place = path(['item', tombstoneAttribute]);
    throw new ValueError(place, 'putIfNewer has this attribute, which only removeIfNewer writes');
  }
  return {
    ...item,
    [version]: versionOf(effect),
    ...(kind === 'removeIfNewer' && { [tombstoneAttribute]: true }),
  };
}
