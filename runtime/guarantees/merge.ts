import type { Effect, Item } from '../effects.ts';
import { addExactly } from '../stores/decimal.ts';
import { sizeOfEffect, storedEffect } from '../stores/stored-effect.ts';
import { isVersioned, versionOf } from '../stores/versions.ts';
import type { Write } from './stale.ts';

/** The names of a table's key attributes, where they are known. */
export type KeysOf = (table: string) => Promise<readonly string[] | undefined>;

/** The effects of several events as the writes of one transaction, one for each item. */
export class MergedWrites {
  /** By item. */
  readonly #writes: ReadonlyMap<string, Write>;
  readonly #events: number;
  /** Of all effects, those that others made needless included. */
  readonly bytes: number;

  constructor(writes: ReadonlyMap<string, Write> = new Map(), events = 0, bytes = 0) {
    this.#writes = writes;
    this.#events = events;
    this.bytes = bytes;
  }

  get list(): readonly Write[] {
    return [...this.#writes.values()];
  }

  get size(): number {
    return this.#writes.size;
  }

  /**
   * With the effects of the next event. They merge where one write has the same result as the effects one after the
   * other: increments of one item, versions of one item.
   *
   * @returns `undefined` where they don't, or where the store may refuse one: the event stands alone.
   */
  async with(effects: readonly Effect[], keysOf: KeysOf): Promise<MergedWrites | undefined> {
    const writes = new Map(this.#writes);
    const own = new Set<string>();
    let { bytes } = this;
    for (const [index, effect] of effects.entries()) {
      const size = bytesOf(effect);
      const item = await itemIdOf(effect, keysOf);
      // Two effects of one event on one item: the store refuses them, and has to say so of this event alone.
      if (item === undefined || size === undefined || own.has(item)) return undefined;
      const write = merge(writes.get(item), { event: this.#events, place: index + 1, effect });
      if (write === undefined) return undefined;
      writes.set(item, write);
      own.add(item);
      bytes += size;
    }
    return new MergedWrites(writes, this.#events + 1, bytes);
  }
}

/** @returns `undefined` for an effect that the store may refuse: it has to see that one alone. */
function bytesOf(effect: Effect): number | undefined {
  if (effect.kind === 'raw') return undefined;
  try {
    return sizeOfEffect(storedEffect(effect));
  } catch {
    return undefined;
  }
}

/** Names the item that an effect writes; `undefined` where that is not known. */
async function itemIdOf(effect: Effect, keysOf: KeysOf): Promise<string | undefined> {
  if (effect.kind === 'raw') return undefined;
  if (effect.kind === 'increment' || effect.kind === 'remove') {
    return idOf(effect.table, Object.keys(effect.key), effect.key);
  }
  const names = await keysOf(effect.table);
  return names && idOf(effect.table, names, effect.item);
}

/** Keys of other types are rare, and their equality is not JavaScript's. */
function idOf(table: string, names: readonly string[], item: Item): string | undefined {
  const key = names.toSorted().map((name) => [name, item[name]] as const);
  const isPlain = key.every(([, value]) => (typeof value === 'string' && value !== '') || isWhole(value));
  return isPlain ? JSON.stringify([table, key]) : undefined;
}

function isWhole(value: unknown): boolean {
  return Number.isSafeInteger(value) && !Object.is(value, -0);
}

/** @returns `undefined` where no one write does what the two would do one after the other. */
function merge(before: Write | undefined, part: Write['parts'][number]): Write | undefined {
  const { effect } = part;
  if (before === undefined) return { effect, parts: [part] };
  const write = (effect: Effect, held?: string): Write => ({
    effect,
    parts: [...before.parts, held === undefined ? part : { ...part, held }],
  });
  const old = before.effect;
  if (old.kind === 'increment' && effect.kind === 'increment') {
    const by = sums(old.by, effect.by);
    return by && write({ ...effect, by });
  }
  if (isVersioned(old) && isVersioned(effect) && old.version === effect.version) {
    const held = versionOf(old);
    return versionOf(effect) > held ? write(effect) : write(old, String(held));
  }
  return undefined;
}

type Amounts = Readonly<Record<string, number>>;

/** @returns `undefined` where a sum has more digits than a double. */
function sums(a: Amounts, b: Amounts): Amounts | undefined {
  // An attribute may have a name that every object has.
  const sum = new Map(Object.entries(a));
  for (const [name, amount] of Object.entries(b)) {
    const both = addExactly(sum.get(name) ?? 0, amount);
    if (both === undefined) return undefined;
    sum.set(name, both);
  }
  return Object.fromEntries(sum);
}
