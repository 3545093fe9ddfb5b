import { effectName } from '../../handler/check-effects.ts';
import type { Effect, EffectWrite } from '../../handler/effects/index.ts';
import { type ItemId, itemIdOf, keysIn } from '../../handler/effects/item-id.ts';
import { encode, isNothing, merge } from '../../handler/effects/of-kind.ts';
import { EffectsRefusedError, PermanentError } from '../../handler/errors.ts';
import { mostItems } from '../../stores/transaction.ts';

/** An effect that the handler of an event returned. */
export interface Part {
  /** Position of the event among those that are committed together, from 0. */
  readonly event: number;
  /** Position of the effect in the handler's list, from 1. */
  readonly place: number;
  readonly effect: Effect;
  /** If an earlier event of the same commit makes the effect stale: that event's version, in digits. */
  readonly held?: string;
}

/** One write of a commit, with the effects on one item that were merged into it, of one event or of several. */
export interface Write {
  readonly effect: EffectWrite;
  readonly parts: readonly Part[];
}

/**
 * Returns the writes of one event that is committed alone: one per item, if the keys of the tables are known.
 *
 * @throws EffectsRefusedError for two effects on one item that cannot be merged; PermanentError for more writes than a
 *   transaction accepts, which no change of tables or permissions can fix.
 */
export function writesOf(effects: readonly Effect[]): readonly Write[] {
  const writes = ownWrites(effects, 0);
  if ('item' in writes) {
    const names = writes.parts.map(partName).join(' and ');
    throw new EffectsRefusedError(`${names} write ${writes.item}, in one event: only increments add up`);
  }
  const fit = mostItems - 1;
  if (writes.length > fit) {
    throw new PermanentError(
      `The handler returned ${effects.length} effects, which are ${writes.length} writes: ${fit} fit into one transaction, beside the event's record`,
    );
  }
  return writes.map(({ write }) => write);
}

/** The name of an effect in error messages. */
export function partName({ place, effect }: Pick<Part, 'place' | 'effect'>): string {
  return `effect ${place} (${effectName(effect)})`;
}

/** The merged effects of several events: the writes of one transaction, one per item. */
export class MergedWrites {
  /** The writes by item. */
  readonly #writes: ReadonlyMap<string, Write>;
  readonly #events: number;
  /** Estimated bytes of all effects, including replaced ones. */
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
   * Adds the effects of the next event. Effects on one item merge if one write has the same result: increments, and
   * versions of one item.
   *
   * @returns `undefined` if they do not merge, if the key of a table is not known, or if the store may refuse an
   *   effect. The event is then committed alone.
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
  /** Unknown if the key of the table is unknown. */
  readonly item: ItemId | undefined;
  readonly write: Write;
}

/** Two effects of one event on one item that cannot be merged. */
interface Clash {
  readonly item: string;
  readonly parts: readonly [Part, Part];
}

/** Returns the writes of one event, with the increments of one item added up. */
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

/**
 * @returns `undefined` for an effect that the store may refuse, because only a single commit shows which event is
 *   refused.
 */
function bytesOf(effect: Effect): number | undefined {
  try {
    return encode(effect).change?.bytes;
  } catch {
    return undefined;
  }
}

/** @returns `undefined` if no single write has the result of the two writes. */
function mergeWrites(before: Write | undefined, next: Write, within: 'event' | 'group'): Write | undefined {
  if (before === undefined) return next;
  const merged = merge(before.effect, next.effect, within);
  if (merged === undefined) return undefined;
  const { effect, held } = merged;
  const parts = held === undefined ? next.parts : next.parts.map((part) => ({ ...part, held }));
  return { effect, parts: [...before.parts, ...parts] };
}
