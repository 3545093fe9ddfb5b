import type { EffectWrite } from '../../handler/effects/index.ts';
import { isVersioned } from '../../handler/effects/of-kind.ts';
import { versionOf } from '../../handler/effects/versions.ts';
import { EffectsRefusedError, PermanentError, StoreBusyError } from '../../handler/errors.ts';
import type { Commit, CommitAnswer, EffectStore, Refused, StaleEffect } from '../../ports/record-store.ts';
import { decodeResult, encodeResult } from '../../stores/result.ts';
import type { Job, Verdict } from '../guarantee.ts';
import type { DeliveryAttempt } from '../record/delivery-attempt.ts';
import { reopen } from '../record/reopen.ts';
import type { Budget } from '../record/retry.ts';
import { type Part, partName, type Write } from './merge-effects.ts';

type Committed = { readonly kind: 'committed'; readonly result: string | undefined } | Refused;

/**
 * One round trip for a first delivery and one for a duplicate; one more where effects are stale, since their conditions
 * cancel the whole transaction: it is committed again without them. Without a commit nothing is applied, so a crash at
 * any point leaves either everything or nothing. `Commit`, `CommitOverExpired` in spec/OrderOnce.tla.
 *
 * @param refused Settles an attempt whose effects the store refuses: a PermanentError for a condition of the handler's own, else
 *   an EffectsRefusedError.
 * @throws StoreBusyError if the store stayed contended until the deadline; whatever the store throws, and then the commit
 *   may have happened.
 */
export async function commit(
  { resendToken, deadline }: Job,
  writes: readonly Write[],
  refused: (error: PermanentError | EffectsRefusedError) => Promise<Verdict>,
  attempt: DeliveryAttempt,
  store: EffectStore,
): Promise<Verdict> {
  const live = new LiveEffects(writes);
  const terms = { takeOver: true, resendToken };
  const { taken, verdict } = await attempt.writeUntilDecided<Committed>({
    async write(mine, expectedExpiration) {
      const commits = () => [{ delivery: mine, expectedExpiration, result: live.resultOf(0) }];
      const answer = await commitLive(store, commits, live, { ...attempt.budget, deadline });
      if (answer.kind === 'committed') return { ...answer, result: live.resultOf(0) };
      return answer.kind === 'exists' ? { kind: 'exists', record: undefined, ...answer.found[0] } : answer;
    },
    // The record knows what was stale: it may be of an earlier try, which found less.
    written: ({ status, result }) => (status === 'COMPLETED' ? { kind: 'committed', result } : undefined),
    terms,
    onAmbiguous: 'markUnknown',
    reopen: (record) => reopen(record, attempt, terms),
  });
  if (taken === undefined) return verdict;
  if (taken.kind === 'refused') return await refused(errorOf(taken, live));
  return appliedWith(taken.result);
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

/** How many effects a reason names at most. */
const mostNamed = 10;

/** The error of a refusal, which names the effects by their places in the handler's list. */
function errorOf({ by, effects, reason, cause }: Refused, live: LiveEffects) {
  const parts = live.partsAt(effects);
  const named = parts.slice(0, mostNamed).map(partName).join(', ');
  const left = parts.length > mostNamed ? `, and ${parts.length - mostNamed} more` : '';
  const which = effects.length === 0 && parts.length > 1 ? 'one of ' : '';
  const text = `The store refuses ${which}${named}${left}: ${reason}`;
  return by === 'condition' ? new PermanentError(text, { cause }) : new EffectsRefusedError(text, { cause });
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
