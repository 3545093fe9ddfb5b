import { ConfigurationError } from '../../../contract/errors.ts';
import { requireWrite } from '../../handler/check-effects.ts';
import type { ItemChange } from '../../handler/effects/effect-kind.ts';
import type { EffectWrite, Item } from '../../handler/effects/index.ts';
import { itemIdOf } from '../../handler/effects/item-id.ts';
import { encode, isNothing } from '../../handler/effects/of-kind.ts';
import { describe } from '../../handler/errors.ts';
import type { CommitAnswer } from '../../ports/record-store.ts';
import { type Attributes, marshallItem, unmarshallItem } from '../../values/attribute-values.ts';
import { mostItems } from '../transaction.ts';
import { idOf, keysOf, nameOf, refuseOthers, type TableKeys } from './table-keys.ts';

type Refused = Extract<CommitAnswer, { kind: 'refused' }>;
type Stale = Extract<CommitAnswer, { kind: 'stale' }>;

/** Effects that are valid by themselves. */
export interface Prepared {
  readonly kind: 'prepared';
  /** Applies all effects, or none. */
  apply(): { readonly kind: 'applied' } | Refused | Stale;
}

export interface MemoryTables {
  /**
   * Checks the effects without the content of the tables. Nothing is written.
   * @param most Maximum number of effects.
   * @throws ConfigurationError for an effect without a table name, or of a table that does not exist.
   */
  prepare(effects: readonly EffectWrite[], most: number): Prepared | Refused;
  /** Prepares at most as many effects as fit beside one record, and applies them. */
  apply(effects: readonly EffectWrite[]): ReturnType<Prepared['apply']>;
  /** A copy of the item with a key. */
  item(table: string, key: Item): Item | undefined;
  /** Copies of all items. */
  items(table: string): Item[];
}

/** DynamoDB's limit for the items of a transaction, in bytes (AWS: "TransactWriteItems"). */
const mostBytes = 4 * 1024 * 1024;

interface Write {
  /** Position of the effect in its list, from 0. */
  readonly place: number;
  readonly change: ItemChange;
  readonly items: Map<string, Attributes>;
  readonly id: string;
}

export function memoryTables(keys: TableKeys): MemoryTables {
  const tables = new Map(Object.keys(keys).map((name) => [name, new Map<string, Attributes>()]));

  function locate(table: string, owner: 'item' | 'key', attributes: Attributes) {
    const items = tables.get(table);
    const tableKeys = keysOf(keys, table);
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
    const { change } = encode(effect);
    if (change === undefined)
      throw new Error(`A ${effect.kind} effect is a write of DynamoDB; a store in memory has none`);
    return { place, change, ...locate(change.table, change.by, change.attributes) };
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
      const item = JSON.stringify([write.change.table, write.id]);
      const before = byItem.get(item);
      if (before !== undefined) {
        const text = itemIdOf(effect, (table) => keysOf(keys, table)?.map(nameOf))?.text ?? 'one item';
        return refused(`They write ${text}`, [before.place, place]);
      }
      byItem.set(item, write);
      writes.push(write);
    }
    if (writes.length > most) return refused(`${writes.length} effects; ${most} fit`);
    const bytes = writes.reduce((sum, { change }) => sum + change.bytes, 0);
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

/** Does all steps that can fail first, then the writes. */
function apply(writes: readonly Write[]): { readonly kind: 'applied' } | Refused | Stale {
  const stale = writes.flatMap(({ place, change, items, id }) => {
    const held = change.heldBy?.(items.get(id));
    return held === undefined ? [] : [{ index: place, held }];
  });
  const results: (Attributes | undefined)[] = [];
  for (const { place, change, items, id } of writes) {
    try {
      results.push(change.apply(items.get(id)));
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

function refused(cause: unknown, effects: readonly number[] = []): Refused {
  return { kind: 'refused', by: 'request', effects, reason: describe(cause), cause };
}
