import { ConfigurationError } from '../../../contract/errors.ts';
import { requireWrite } from '../../handler/check-effects.ts';
import { type EffectWrite, type Item, isNothing } from '../../handler/effects.ts';
import { describe } from '../../handler/errors.ts';
import type { CommitAnswer } from '../../ports/record-store.ts';
import {
  type Attributes,
  faultOf,
  marshallItem,
  unmarshallItem,
  ValueError,
} from '../../values/attribute-values.ts';
import { addDecimals, type Decimal, decimalOf, textOf } from '../../values/decimal.ts';
import { itemIdOf } from '../item-id.ts';
import { largestItem, sizeOf } from '../item-size.ts';
import { type StoredEffect, sizeOfEffect, storedEffect } from '../stored-effect.ts';
import { mostItems } from '../transaction.ts';
import { idOf, keyNamesOf, refuseOthers, type TableKeys } from './table-keys.ts';

type Refused = Extract<CommitAnswer, { kind: 'refused' }>;
type Stale = Extract<CommitAnswer, { kind: 'stale' }>;

/** Effects that are valid by themselves. */
export interface Prepared {
  readonly kind: 'prepared';
  /** All effects, or none. */
  apply(): { readonly kind: 'applied' } | Refused | Stale;
}

export interface MemoryTables {
  /**
   * Says whether DynamoDB takes the effects, whatever the tables hold. Nothing is written.
   * @param most How many effects fit.
   * @throws ConfigurationError for an effect without a table name, or of a table that does not exist.
   */
  prepare(effects: readonly EffectWrite[], most: number): Prepared | Refused;
  /** Prepares the effects, as many as fit beside one record, and applies them. */
  apply(effects: readonly EffectWrite[]): ReturnType<Prepared['apply']>;
  /** The item of a key; a copy. */
  item(table: string, key: Item): Item | undefined;
  /** All items; copies. */
  items(table: string): Item[];
}

/** DynamoDB's limit of all items of a transaction (AWS: "TransactWriteItems"). */
const mostBytes = 4 * 1024 * 1024;

interface Write {
  /** The place of the effect in its list, from 0. */
  readonly place: number;
  readonly effect: StoredEffect;
  readonly items: Map<string, Attributes>;
  readonly id: string;
}

export function memoryTables(keys: TableKeys): MemoryTables {
  const tables = new Map(Object.keys(keys).map((name) => [name, new Map<string, Attributes>()]));

  function locate(table: string, owner: 'item' | 'key', attributes: Attributes) {
    const items = tables.get(table);
    const tableKeys = items && keys[table];
    if (items === undefined || tableKeys === undefined) {
      throw new ConfigurationError(
        `There is no table ${JSON.stringify(table)}: the store has ${[...tables.keys()].join(', ') || 'none'}`,
      );
    }
    if (owner === 'key') refuseOthers(attributes, table, tableKeys);
    return { items, id: idOf(owner, attributes, table, tableKeys) };
  }

  /** @returns `undefined` for an effect that writes nothing. */
  function writeOf(effect: EffectWrite, place: number): Write | undefined {
    requireWrite(effect);
    if (isNothing(effect)) return undefined;
    if (effect.kind === 'raw')
      throw new Error('A raw effect is a write of DynamoDB; a store in memory has none');
    const stored = storedEffect(effect);
    const located =
      stored.kind === 'put'
        ? locate(stored.table, 'item', stored.item)
        : locate(stored.table, 'key', stored.key);
    return { place, effect: stored, ...located };
  }

  function prepare(effects: readonly EffectWrite[], most: number): Prepared | Refused {
    const writes: Write[] = [];
    const byItem = new Map<string, Write>();
    for (const [place, effect] of effects.entries()) {
      let write: Write | undefined;
      try {
        write = writeOf(effect, place);
      } catch (cause) {
        if (cause instanceof ConfigurationError) throw cause;
        return refused(cause, [place]);
      }
      if (write === undefined) continue;
      const item = JSON.stringify([write.effect.table, write.id]);
      const before = byItem.get(item);
      if (before !== undefined) {
        const text = itemIdOf(effect, (table) => keyNamesOf(keys, table))?.text ?? 'one that is there twice';
        return refused(`They write one item, ${text}`, [before.place, place]);
      }
      byItem.set(item, write);
      writes.push(write);
    }
    if (writes.length > most) return refused(`${writes.length} effects; ${most} fit`);
    const bytes = writes.reduce((sum, { effect }) => sum + sizeOfEffect(effect), 0);
    if (bytes > mostBytes) return refused(`The effects have ${bytes} bytes; ${mostBytes} fit`);
    return { kind: 'prepared', apply: () => apply(writes) };
  }

  return {
    prepare,
    apply(effects) {
      const all = prepare(effects, mostItems - 1);
      return all.kind === 'prepared' ? all.apply() : all;
    },
    item(table, key) {
      const { items, id } = locate(table, 'key', marshallItem(key, 'key'));
      const item = items.get(id);
      return item && unmarshallItem(item);
    },
    items: (table) => [...(tables.get(table)?.values() ?? [])].map(unmarshallItem),
  };
}

/** First everything that can fail, then the writes. */
function apply(writes: readonly Write[]): { readonly kind: 'applied' } | Refused | Stale {
  const stale = writes.flatMap(({ place, effect, items, id }) => {
    const held = newerOf(effect, items.get(id));
    return held === undefined ? [] : [{ index: place, held }];
  });
  const results: (Attributes | undefined)[] = [];
  for (const { place, effect, items, id } of writes) {
    try {
      results.push(resultOf(effect, items.get(id)));
    } catch (cause) {
      return refused(cause, [place]);
    }
  }
  if (stale.length > 0) return { kind: 'stale', effects: stale };
  for (const [index, { items, id }] of writes.entries()) {
    const item = results[index];
    if (item === undefined) items.delete(id);
    else items.set(id, item);
  }
  return { kind: 'applied' };
}

/** The version of the item that is there, where it makes the effect stale. */
function newerOf(effect: StoredEffect, item: Attributes | undefined): string | undefined {
  if (effect.kind !== 'put' || effect.newer === undefined) return undefined;
  const held = numberOf(item, effect.newer.name);
  if (held === undefined) return undefined;
  const { digits } = addDecimals(held, { digits: -effect.newer.version, exponent: 0 });
  const isStale = digits >= 0n;
  return isStale ? textOf(held) : undefined;
}

/** The item that an effect leaves; `undefined` where it leaves none. */
function resultOf(effect: StoredEffect, item: Attributes | undefined): Attributes | undefined {
  if (effect.kind === 'put') return effect.item;
  if (effect.kind === 'remove') return undefined;
  const result = { ...(item ?? effect.key) };
  for (const name of Object.keys(effect.by)) {
    const there = Object.hasOwn(result, name) ? numberOf(result, name) : zero;
    if (there === undefined) throw new ValueError(`by.${name}`, 'is added to what is not a number');
    const sum = addDecimals(there, numberOf(effect.by, name) ?? zero);
    const fault = faultOf(sum);
    if (fault !== undefined) throw new ValueError(`by.${name}`, `makes ${textOf(sum)}, which ${fault}`);
    result[name] = { N: textOf(sum) };
  }
  if (sizeOf(result) > largestItem) throw new ValueError('item', 'would be larger than DynamoDB takes');
  return result;
}

const zero: Decimal = { digits: 0n, exponent: 0 };

function numberOf(item: Attributes | undefined, name: string): Decimal | undefined {
  const text = item !== undefined && Object.hasOwn(item, name) ? item[name]?.N : undefined;
  return text === undefined ? undefined : decimalOf(text);
}

function refused(cause: unknown, effects: readonly number[] = []): Refused {
  return { kind: 'refused', by: 'request', effects, reason: describe(cause), cause };
}
