import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { type EffectWrite, isNothing } from '../handler/effects.ts';
import { canonicalDecimal } from '../values/decimal.ts';

/** The names of a table's key attributes, where they are known. */
export type KnownKeys = (table: string) => readonly string[] | undefined;

/** The item that an effect writes. */
export interface ItemId {
  /** Equal for two effects if DynamoDB takes their items for one. */
  readonly id: string;
  /** For people: its key and its table. */
  readonly text: string;
}

/** A key value as DynamoDB compares it: by its type, numbers by what they are, bytes one by one. */
type KeyValue = readonly [type: 'S' | 'N' | 'B', text: string];

/** @returns `undefined` if the table's key is not known, or if a value is of no type that a key may have. */
export function itemIdOf(effect: EffectWrite, keysOf: KnownKeys): ItemId | undefined {
  switch (effect.kind) {
    case 'increment':
    case 'remove':
      return idOf(effect.table, Object.keys(effect.key), effect.key, keyValueOf);
    case 'put':
    case 'putIfNewer':
    case 'removeIfNewer':
      return idOf(effect.table, keysOf(effect.table), effect.item, keyValueOf);
    case 'raw': {
      const { Put, Update, Delete, ConditionCheck } = effect.write;
      const { TableName: table = '', Key: key = {} } = Update ?? Delete ?? ConditionCheck ?? {};
      if (Put === undefined) return idOf(table, Object.keys(key), key, keyValueIn);
      return idOf(Put.TableName ?? '', keysOf(Put.TableName ?? ''), Put.Item ?? {}, keyValueIn);
    }
  }
}

/** The keys of the tables that some effect names a whole key of: enough to compare that effect with its neighbours. */
export function keysIn(effects: readonly EffectWrite[]): KnownKeys {
  const keys = new Map<string, readonly string[]>();
  for (const effect of effects) {
    if (effect.kind === 'increment' || effect.kind === 'remove')
      keys.set(effect.table, Object.keys(effect.key));
  }
  return (table) => keys.get(table);
}

/** The first two effects that write one item, by their places from 0; `undefined` if none are known to. */
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

function idOf<Value>(
  table: string,
  names: readonly string[] | undefined,
  item: Readonly<Record<string, Value>>,
  read: (value: Value | undefined) => KeyValue | undefined,
): ItemId | undefined {
  const key = names?.toSorted().map((name) => [name, read(item[name])] as const);
  if (key === undefined || key.some(([, value]) => value === undefined)) return undefined;
  const shown = key.map(([name, value]) => [name, value?.[1]]);
  return {
    id: JSON.stringify([table, key]),
    text: `item ${JSON.stringify(Object.fromEntries(shown))} of table ${JSON.stringify(table)}`,
  };
}

function keyValueOf(value: unknown): KeyValue | undefined {
  if (typeof value === 'string') return value === '' ? undefined : ['S', value];
  if (typeof value === 'number' || typeof value === 'bigint') return numberOf(value);
  if (ArrayBuffer.isView(value)) {
    return ['B', Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64')];
  }
  return value instanceof ArrayBuffer ? ['B', Buffer.from(value).toString('base64')] : undefined;
}

function keyValueIn(value: AttributeValue | undefined): KeyValue | undefined {
  if (value?.N !== undefined) return numberOf(value.N);
  return keyValueOf(value?.S ?? value?.B);
}

function numberOf(value: number | bigint | string): KeyValue | undefined {
  const text = canonicalDecimal(value);
  return text === undefined ? undefined : ['N', text];
}
