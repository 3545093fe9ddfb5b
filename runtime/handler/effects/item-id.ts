import { NumberValueImpl } from '@aws-sdk/util-dynamodb';
import { canonicalDecimal } from '../../values/decimal.ts';
import type { EffectWrite } from './index.ts';
import { isNothing, kindOf } from './of-kind.ts';

/** The names of a table's key attributes, if they are known. */
export type KnownKeys = (table: string) => readonly string[] | undefined;

/** The item that an effect writes. */
export interface ItemId {
  /** Equal for two effects if they write the same item in DynamoDB. */
  readonly id: string;
  /** The item in error messages: its table and the names of its key, whose values may be personal data. */
  readonly text: string;
}

/** A key value in the form in which DynamoDB compares it: type, numeric value, or bytes. */
type IdentityOfValue = readonly [type: 'S' | 'N' | 'B', text: string];

/** @returns `undefined` if the table's key is not known, or if a value has a type that a key cannot have. */
export function itemIdOf(effect: EffectWrite, keysOf: KnownKeys): ItemId | undefined {
  const { table, by, attributes } = kindOf(effect).placeOf(effect);
  const names = by === 'key' ? Object.keys(attributes) : keysOf(table);
  const key = names?.toSorted().map((name) => [name, keyValueOf(attributes[name])] as const);
  if (key === undefined || key.some(([, value]) => value === undefined)) return undefined;
  return {
    id: JSON.stringify([table, key]),
    text: `one item of table ${JSON.stringify(table)}, whose key is ${key.map(([name]) => name).join(' and ')}`,
  };
}

/**
 * The table keys that are known from effects: from the declaration of a table, or from an effect that names a whole
 * key. The store refuses an effect with a wrong key.
 */
export function keysIn(effects: readonly EffectWrite[]): KnownKeys {
  const keys = new Map<string, readonly string[]>();
  for (const effect of effects) {
    if (isNothing(effect)) continue;
    const { table, by, attributes } = kindOf(effect).placeOf(effect);
    const declared = declaredKey(effect);
    if (declared !== undefined) keys.set(table, declared);
    else if (by === 'key' && !keys.has(table)) keys.set(table, Object.keys(attributes));
  }
  return (table) => keys.get(table);
}

/** The positions, from 0, of the first two effects that write one item; `undefined` if there are none. */
export function clashOf(
  effects: readonly EffectWrite[],
  keysOf: KnownKeys,
): { readonly places: readonly [number, number]; readonly item: string } | undefined {
  const seen = new Map<string, number>();
  for (const [place, effect] of effects.entries()) {
    const item = isNothing(effect) ? undefined : itemIdOf(effect, keysOf);
    if (item === undefined) continue;
    const before = seen.get(item.id);
    if (before !== undefined) return { places: [before, place], item: item.text };
    seen.set(item.id, place);
  }
  return undefined;
}

/**
 * Describes the problem of the key of an effect on a declared table; `undefined` if there is none, or if the table is
 * not declared. The text completes "the effect has ...".
 */
export function keyProblem(effect: EffectWrite): string | undefined {
  const tableKey = declaredKey(effect);
  if (tableKey === undefined) return undefined;
  const { by, attributes } = kindOf(effect).placeOf(effect);
  const other = by === 'key' ? Object.keys(attributes).find((name) => !tableKey.includes(name)) : undefined;
  const declared = `the key of its table is ${tableKey.join(' and ')}`;
  if (other !== undefined) return `${JSON.stringify(other)} in its key, and ${declared}`;
  const wrong = tableKey.find((name) => keyValueOf(attributes[name]) === undefined);
  if (wrong === undefined) return undefined;
  return `no text, number or binary value that is not empty for ${JSON.stringify(wrong)}, and ${declared}`;
}

function declaredKey(effect: EffectWrite): readonly string[] | undefined {
  const key: unknown = 'tableKey' in effect ? effect.tableKey : undefined;
  return Array.isArray(key) ? key : undefined;
}

function keyValueOf(value: unknown): IdentityOfValue | undefined {
  if (typeof value === 'string') return value === '' ? undefined : ['S', value];
  if (typeof value === 'number' || typeof value === 'bigint' || value instanceof NumberValueImpl) {
    const text = canonicalDecimal(value);
    return text === undefined ? undefined : ['N', text];
  }
  const bytes = bytesOf(value);
  return bytes === undefined || bytes.length === 0 ? undefined : ['B', bytes.toString('base64')];
}

function bytesOf(value: unknown): Buffer | undefined {
  if (ArrayBuffer.isView(value)) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  return value instanceof ArrayBuffer ? Buffer.from(value) : undefined;
}
