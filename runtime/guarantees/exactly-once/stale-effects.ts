import type { Effect, EffectWrite } from '../../handler/effects/index.ts';
import { isVersioned } from '../../handler/effects/of-kind.ts';
import { versionOf } from '../../handler/effects/versions.ts';
import { StoreBusyError } from '../../handler/errors.ts';
import type { Commit, CommitAnswer, EffectStore, StaleEffect } from '../../ports/record-store.ts';
import { decodeResult, encodeResult } from '../../stores/result.ts';
import type { Verdict } from '../guarantee.ts';
import type { Budget } from '../record/retry.ts';

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

/** An effect that was left out of a commit, as the record lists it. */
interface StaleItem {
  readonly effect: number;
  readonly table: string;
  /** Both in digits: what it would have written, and what is there. */
  readonly version: string;
  readonly held: string;
}

/** The writes of a commit, less those that turned out to be stale. */
export class LiveEffects {
  #live: readonly Write[];
  /** With the version that is there. */
  readonly #stale = new Map<Write, string>();
  readonly #all: readonly Write[];

  constructor(writes: readonly Write[]) {
    this.#all = writes;
    this.#live = writes;
  }

  get list(): readonly EffectWrite[] {
    return this.#live.map(({ effect }) => effect);
  }

  /** The effects that the writes at these places of the list stand for; of all writes for no places. */
  partsAt(places: readonly number[]): readonly Part[] {
    const writes = places.length === 0 ? this.#live : places.flatMap((place) => this.#live[place] ?? []);
    return writes.flatMap(({ parts }) => parts).sort((a, b) => a.place - b.place);
  }

  /** What the record of an event tells of the commit; `undefined` where nothing was stale. */
  resultOf(event: number): string | undefined {
    const stale = this.#all
      .flatMap((write) => {
        const there = this.#stale.get(write);
        return write.parts.flatMap((part) => (part.event === event ? staleItem(part, there) : []));
      })
      .sort((a, b) => a.effect - b.effect);
    return stale.length === 0 ? undefined : encodeResult({ stale });
  }

  /** Leaves out what the store called stale, and nothing else. */
  leaveOut(stale: readonly StaleEffect[]): void {
    for (const { index, held } of stale) {
      const write = this.#live[index];
      if (write !== undefined && isVersioned(write.effect)) this.#stale.set(write, held);
    }
    this.#live = this.#live.filter((write) => !this.#stale.has(write));
  }
}

/** @param there The version that made the whole write stale. */
function staleItem({ place, effect, held }: Part, there: string | undefined): StaleItem[] {
  const newer = there ?? held;
  if (newer === undefined || !isVersioned(effect)) return [];
  return [{ effect: place, table: effect.table, version: String(versionOf(effect)), held: newer }];
}

/**
 * Commits effects; where some are stale, again without them, at once, and as often as there are any: each such answer
 * leaves fewer.
 *
 * @param commits Are asked anew each time, since results tell what was left out.
 * @throws StoreBusyError where they kept getting stale until the deadline; whatever the store throws.
 */
export async function commitLive(
  store: EffectStore,
  commits: () => readonly Commit[],
  live: LiveEffects,
  { clock, deadline }: Budget,
): Promise<Exclude<CommitAnswer, { kind: 'stale' }>> {
  for (;;) {
    const answer = await store.commit(commits(), live.list);
    if (answer.kind !== 'stale') return answer;
    live.leaveOut(answer.effects);
    if (clock.now() > deadline) throw new StoreBusyError('its items kept getting newer');
  }
}

/** @param result What the record tells of the commit. */
export function appliedWith(result: string | undefined): Verdict {
  const stale = result === undefined ? 0 : countOf(result);
  return stale === 0 ? { outcome: 'applied' } : { outcome: 'applied', stale };
}

function countOf(text: string): number {
  const { result } = decodeResult(text) as {
    readonly result?: { readonly stale?: readonly unknown[] } | null;
  };
  return result?.stale?.length ?? 0;
}
