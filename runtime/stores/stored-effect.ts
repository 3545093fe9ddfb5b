import { NumberValueImpl } from '@aws-sdk/util-dynamodb';
import type { Amounts, EffectWrite } from '../handler/effects.ts';
import { itemOf, versionOf } from '../handler/versions.ts';
import {
  type Attributes,
  marshallItem,
  refuseOtherThanItem,
  ValueError,
} from '../values/attribute-values.ts';
import { largestItem, sizeOf } from './item-size.ts';

/** An effect whose meaning is known here; a raw one has only DynamoDB's. */
type KnownEffect = Exclude<EffectWrite, { kind: 'raw' }>;

/** An effect in DynamoDB's types. */
export type StoredEffect =
  | {
      readonly kind: 'put';
      readonly table: string;
      readonly item: Attributes;
      /** Written only over an item whose attribute of this name is no number, or a lower one. */
      readonly newer?: { readonly name: string; readonly version: bigint };
    }
  | {
      readonly kind: 'increment';
      readonly table: string;
      readonly key: Attributes;
      /** Numbers, one at least. */
      readonly by: Attributes;
    }
  | { readonly kind: 'remove'; readonly table: string; readonly key: Attributes };

/** As many as an update expression of 4 KB names (AWS: "Quotas", expression parameters). */
const mostAmounts = 331;

/**
 * Writes an effect in DynamoDB's types. Every store writes this, so that all stores refuse the same effects.
 * @throws ValueError that names the place in the effect, and why DynamoDB does not take it. Error for a version that is
 *   none. The rules that depend on the table's key or on the item that is there are the store's.
 */
export function storedEffect(effect: KnownEffect): StoredEffect {
  const { kind, table } = effect;
  switch (kind) {
    case 'put':
      return { kind, table, item: fitting(marshallItem(effect.item)) };
    case 'putIfNewer':
    case 'removeIfNewer': {
      // Here, since its copy with the version is a plain object, of whatever class the item is.
      refuseOtherThanItem(effect.item);
      const newer = { name: effect.version, version: versionOf(effect) };
      return { kind: 'put', table, item: fitting(marshallItem(itemOf(effect))), newer };
    }
    case 'remove':
      return { kind, table, key: marshallItem(effect.key, 'key') };
    case 'increment':
      return { kind, table, ...increment(marshallItem(effect.key, 'key'), effect.by) };
  }
}

/** The bytes of an effect, as DynamoDB counts those of an item. */
export function sizeOfEffect(effect: StoredEffect): number {
  switch (effect.kind) {
    case 'put':
      return sizeOf(effect.item);
    case 'remove':
      return sizeOf(effect.key);
    case 'increment':
      return sizeOf(effect.key) + sizeOf(effect.by);
  }
}

function fitting(item: Attributes): Attributes {
  const size = sizeOf(item);
  if (size <= largestItem) return item;
  throw new ValueError('item', `has ${size} bytes; an item of DynamoDB has at most ${largestItem}`);
}

function increment(
  key: Attributes,
  by: Amounts<unknown>,
): { readonly key: Attributes; readonly by: Attributes } {
  refuseOtherThanItem(by, 'by');
  // The text of a sum that no double holds is a number too.
  const numbers = Object.entries(by).map(([name, amount]) => [
    name,
    typeof amount === 'string' ? new NumberValueImpl(amount) : amount,
  ]);
  const amounts = marshallItem(Object.fromEntries(numbers), 'by');
  const names = Object.keys(by);
  if (names.length > mostAmounts) {
    throw new ValueError('by', `has ${names.length} amounts; DynamoDB takes at most ${mostAmounts} at once`);
  }
  const wrong = names.find((name) => !Object.hasOwn(amounts, name) || amounts[name]?.N === undefined);
  if (wrong !== undefined) throw new ValueError(`by.${wrong}`, 'is not a number, and only numbers are added');
  const part = names.find((name) => Object.hasOwn(key, name));
  if (part !== undefined) throw new ValueError(`by.${part}`, 'is part of the key, which never changes');
  return { key, by: amounts };
}
