import { ConfigurationError } from '../../../contract/errors.ts';
import { requireWrite } from '../../effect-check.ts';
import { type EffectWrite, type Item, isNothing } from '../../effects.ts';
import { describe } from '../../errors.ts';
import { addDecimals } from '../decimal.ts';
import { clashOf } from '../item-id.ts';
import type { CommitAnswer } from '../record-store.ts';
import { itemOf, versionOf } from '../versions.ts';

/** The key attributes of each table, by its name. */
export type TableKeys = Readonly<Record<string, readonly string[]>>;

export interface MemoryTables {
  /**
   * All effects, or none.
   * @param most How many fit. @default 99, beside one record
   * @throws ConfigurationError for an effect without a table name, or of a table that is not there.
   */
  apply(
    effects: readonly EffectWrite[],
    most?: number,
  ): { kind: 'applied' } | Exclude<CommitAnswer, { kind: 'committed' | 'exists' | 'contended' }>;
  /** The item of a key; a copy. */
  item(table: string, key: Item): Item | undefined;
  /** All items; copies. */
  items(table: string): Item[];
}

export function memoryTables(keys: TableKeys): MemoryTables {
  const tables = new Map(Object.keys(keys).map((name) => [name, new Map<string, Item>()]));

  function locate(table: string, item: Item) {
    const items = tables.get(table);
    const names = keys[table];
    if (items === undefined || names === undefined) {
      throw new ConfigurationError(
        `There is no table ${JSON.stringify(table)}: the store has ${[...tables.keys()].join(', ') || 'none'}`,
      );
    }
    const missing = names.find((name) => item[name] === undefined);
    if (missing !== undefined) throw new Error(`The item has no "${missing}", a key of table "${table}"`);
    return { items, id: JSON.stringify([table, ...names.map((name) => item[name])]) };
  }

  return {
    apply(effects, most = 99) {
      const refused = (reason: string, places: readonly number[] = [], cause?: unknown) =>
        ({ kind: 'refused', by: 'request', effects: places, reason, cause }) as const;
      // First everything that can fail, then the writes: all or nothing.
      const writes: Prepared[] = [];
      for (const [index, effect] of effects.entries()) {
        try {
          requireWrite(effect);
          if (!isNothing(effect)) writes.push({ index, ...prepare(effect, locate) });
        } catch (cause) {
          if (cause instanceof ConfigurationError) throw cause;
          return refused(describe(cause), [index], cause);
        }
      }
      if (writes.length > most) return refused(`${writes.length} effects; ${most} fit`);
      const clash = clashOf(effects, (table) => keys[table]);
      if (clash !== undefined) return refused(`They write one item, ${clash.item}`, clash.places);
      const stale = writes.flatMap(({ held, index }) => (held === undefined ? [] : [{ index, held }]));
      if (stale.length > 0) return { kind: 'stale', effects: stale };
      for (const { write } of writes) write();
      return { kind: 'applied' };
    },
    item(table, key) {
      const { items, id } = locate(table, key);
      return structuredClone(items.get(id));
    },
    items: (table) => structuredClone([...(tables.get(table)?.values() ?? [])]),
  };
}

interface Prepared {
  readonly index: number;
  readonly write: () => void;
  /** The version that is there, of a stale effect. */
  readonly held?: string;
}

function prepare(
  effect: EffectWrite,
  locate: (table: string, item: Item) => { items: Map<string, Item>; id: string },
): Omit<Prepared, 'index'> {
  switch (effect.kind) {
    case 'put': {
      const { items, id } = locate(effect.table, effect.item);
      const item = storable(effect.item) as Item;
      return { write: () => void items.set(id, item) };
    }
    case 'putIfNewer':
    case 'removeIfNewer': {
      const { items, id } = locate(effect.table, effect.item);
      const held = items.get(id)?.[effect.version];
      const item = storable(itemOf(effect)) as Item;
      const isStale = isNumber(held) && held >= versionOf(effect);
      return { write: () => void items.set(id, item), ...(isStale && { held: String(held) }) };
    }
    case 'remove': {
      const { items, id } = locate(effect.table, effect.key);
      return { write: () => void items.delete(id) };
    }
    case 'increment': {
      const { items, id } = locate(effect.table, effect.key);
      const item = items.get(id) ?? (storable(effect.key) as Item);
      const sums = Object.entries(effect.by).map(([name, by]) => [
        name,
        addDecimals(Object.hasOwn(item, name) ? item[name] : 0, by),
      ]);
      return { write: () => void items.set(id, { ...item, ...Object.fromEntries(sums) }) };
    }
    case 'raw':
      throw new Error('A raw effect is a write of DynamoDB; a store in memory has none');
  }
}

function isNumber(value: unknown): value is number | bigint {
  return typeof value === 'bigint' || typeof value === 'number';
}

/** A copy, without members that are `undefined`. @throws Error for values that DynamoDB has no type for. */
function storable(value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value))
    throw new Error(`${value} is no number of DynamoDB`);
  // As the SDK reads numbers: a bigint is what a double cannot hold.
  if (typeof value === 'bigint' && Number.isSafeInteger(Number(value))) return Number(value);
  if (typeof value === 'function' || typeof value === 'symbol')
    throw new Error(`A ${typeof value} has no type`);
  if (Array.isArray(value)) return value.map(storable);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(members.map(([name, member]) => [name, storable(member)]));
}
