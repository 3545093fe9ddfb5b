import { effectName } from '../../handler/check-effects.ts';
import { type Effect, type EffectWrite, isNothing } from '../../handler/effects.ts';
import { EffectsRefusedError, PermanentError } from '../../handler/errors.ts';
import { isVersioned, versionOf } from '../../handler/versions.ts';
import { type ItemId, itemIdOf, type KnownKeys, keysIn } from '../../stores/item-id.ts';
import { sizeOfEffect, storedEffect } from '../../stores/stored-effect.ts';
import { mostItems } from '../../stores/transaction.ts';
import { addExactly } from '../../values/decimal.ts';
import type { Part, Write } from './stale-effects.ts';

/** The names of a table's key attributes, where the store knows them. */
export type KeysOf = (table: string) => Promise<readonly string[] | undefined>;

/**
 * The writes of one event that is committed alone: one for each item. The keys of tables are not asked for, which would
 * be another request. An effect that names a key tells it of its table.
 *
 * @throws EffectsRefusedError for two effects on one item that do not add up; PermanentError for more writes than one
 *   transaction takes, which no deployment of tables or permissions changes.
 */
export function writesOf(effects: readonly Effect[]): readonly Write[] {
  const writes = ownWrites(effects, 0, keysIn(effects));
  if ('item' in writes) {
    const names = writes.parts.map(partName).join(' and ');
    throw new EffectsRefusedError(
      `${names} write one item in one event, and only increments add up: ${writes.item}`,
    );
  }
  const fit = mostItems - 1;
  if (writes.length > fit) {
    throw new PermanentError(
      `The handler returned ${effects.length} effects, which are ${writes.length} writes: ${fit} fit into one transaction, beside the event's record`,
    );
  }
  return writes.map(({ write }) => write);
}

/** An effect for people, as its handler returned it. */
export function partName({ place, effect }: Pick<Part, 'place' | 'effect'>): string {
  return `effect ${place} (${effectName(effect)})`;
}

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
   * With the effects of the next event. They merge if one write has the same result as the effects one after the
   * other: increments of one item, versions of one item.
   *
   * @returns `undefined` if they don't, or if the store may refuse one: the event stands alone.
   */
  async with(effects: readonly Effect[], keysOf: KeysOf): Promise<MergedWrites | undefined> {
    let { bytes } = this;
    for (const effect of effects) {
      const size = bytesOf(effect);
      if (size === undefined) return undefined;
      bytes += size;
    }
    const known = new Map<string, readonly string[] | undefined>();
    for (const effect of effects) {
      if ('item' in effect) known.set(effect.table, await keysOf(effect.table));
    }
    const own = ownWrites(effects, this.#events, (table) => known.get(table));
    if ('item' in own) return undefined;
    const writes = new Map(this.#writes);
    for (const { item, write } of own) {
      if (item === undefined) return undefined;
      const merged = merge(writes.get(item.id), write);
      if (merged === undefined) return undefined;
      writes.set(item.id, merged);
    }
    return new MergedWrites(writes, this.#events + 1, bytes);
  }
}

interface OwnWrite {
  /** Unknown where the key of its table is. */
  readonly item: ItemId | undefined;
  readonly write: Write;
}

/** Two effects of one event on one item. */
interface Clash {
  readonly item: string;
  readonly parts: readonly [Part, Part];
}

/** The writes of one event: increments of one item add up. */
function ownWrites(
  effects: readonly Effect[],
  event: number,
  keysOf: KnownKeys,
): readonly OwnWrite[] | Clash {
  const known = new Map<string, OwnWrite>();
  const unknown: OwnWrite[] = [];
  for (const [index, effect] of effects.entries()) {
    if (isNothing(effect)) continue;
    const part = { event, place: index + 1, effect };
    const write: Write = { effect, parts: [part] };
    const item = itemIdOf(effect, keysOf);
    if (item === undefined) {
      unknown.push({ item, write });
      continue;
    }
    const before = known.get(item.id)?.write;
    const both = before === undefined ? write : addUp(before, write);
    if (both === undefined) return { item: item.text, parts: [before?.parts[0] ?? part, part] };
    known.set(item.id, { item, write: both });
  }
  return [...known.values(), ...unknown];
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

/** @returns `undefined` if no one write does what the two would do one after the other. */
function merge(before: Write | undefined, next: Write): Write | undefined {
  if (before === undefined) return next;
  const [old, effect] = [before.effect, next.effect];
  if (!isVersioned(old) || !isVersioned(effect) || old.version !== effect.version) return addUp(before, next);
  const held = versionOf(old);
  if (versionOf(effect) > held) return { effect, parts: [...before.parts, ...next.parts] };
  return {
    effect: old,
    parts: [...before.parts, ...next.parts.map((part) => ({ ...part, held: String(held) }))],
  };
}

/** @returns `undefined` for anything but two increments. */
function addUp(before: Write, next: Write): Write | undefined {
  const [old, effect] = [before.effect, next.effect];
  if (old.kind !== 'increment' || effect.kind !== 'increment') return undefined;
  return { effect: { ...old, by: sums(old.by, effect.by) }, parts: [...before.parts, ...next.parts] };
}

type Sums = Extract<EffectWrite, { kind: 'increment' }>['by'];

function sums(a: Sums, b: Sums): Sums {
  // An attribute may have a name that every object has.
  const sum = new Map(Object.entries(a));
  for (const [name, amount] of Object.entries(b)) {
    sum.set(name, addExactly(sum.get(name) ?? 0, amount));
  }
  return Object.fromEntries(sum);
}
