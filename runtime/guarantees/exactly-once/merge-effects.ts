import { effectName } from '../../handler/check-effects.ts';
import type { Effect, EffectWrite } from '../../handler/effects/index.ts';
import { type ItemId, itemIdOf, keysIn } from '../../handler/effects/item-id.ts';
import { encode, isNothing, merge } from '../../handler/effects/of-kind.ts';
import { EffectsRefusedError, PermanentError } from '../../handler/errors.ts';
import { mostItems } from '../../stores/transaction.ts';

/** An effect as its event's handler returned it. */
export interface Part {
  /** The place of its event among those that are committed together, from 0. */
  readonly event: number;
  /** Its place among the handler's effects, from 1. */
  readonly place: number;
  readonly effect: Effect;
  /** The version that an event before it in the same commit writes, where that makes it stale: digits. */
  readonly held?: string;
}

/** One write of a commit, and the effects on one item that it stands for: of one event, or of several. */
export interface Write {
  readonly effect: EffectWrite;
  readonly parts: readonly Part[];
}

/**
 * The writes of one event that is committed alone: one for each item, as far as the effects tell the keys of their tables.
 *
 * @throws EffectsRefusedError for two effects on one item that do not add up; PermanentError for more writes than one
 *   transaction takes, which no deployment of tables or permissions changes.
 */
export function writesOf(effects: readonly Effect[]): readonly Write[] {
  const writes = ownWrites(effects, 0);
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
   * @returns `undefined` if they don't, if the key of a table is not known, or if the store may refuse an effect: the event
   *   stands alone.
   */
  with(effects: readonly Effect[]): MergedWrites | undefined {
    let { bytes } = this;
    for (const effect of effects) {
      const size = bytesOf(effect);
      if (size === undefined) return undefined;
      bytes += size;
    }
    const own = ownWrites(effects, this.#events);
    if ('item' in own) return undefined;
    const writes = new Map(this.#writes);
    for (const { item, write } of own) {
      if (item === undefined) return undefined;
      const merged = mergeWrites(writes.get(item.id), write, 'group');
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
function ownWrites(effects: readonly Effect[], event: number): readonly OwnWrite[] | Clash {
  const keysOf = keysIn(effects);
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
    const both = mergeWrites(before, write, 'event');
    if (both === undefined) return { item: item.text, parts: [before?.parts[0] ?? part, part] };
    known.set(item.id, { item, write: both });
  }
  return [...known.values(), ...unknown];
}

/** @returns `undefined` for an effect that the store may refuse: it has to see that one alone. */
function bytesOf(effect: Effect): number | undefined {
  try {
    return encode(effect).change?.bytes;
  } catch {
    return undefined;
  }
}

/** @returns `undefined` if no one write does what the two would do one after the other. */
function mergeWrites(before: Write | undefined, next: Write, within: 'event' | 'group'): Write | undefined {
  if (before === undefined) return next;
  const merged = merge(before.effect, next.effect, within);
  if (merged === undefined) return undefined;
  const { effect, held } = merged;
  const parts = held === undefined ? next.parts : next.parts.map((part) => ({ ...part, held }));
  return { effect, parts: [...before.parts, ...parts] };
}
