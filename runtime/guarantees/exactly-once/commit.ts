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
 * Commits the record and the effects of one event in one transaction. A first delivery and a duplicate need one round
 * trip. Stale effects need one more: their conditions cancel the whole transaction, and it is committed again without
 * them. A crash at any point leaves either all writes or none. `Commit`, `CommitOverExpired` in spec/OrderOnce.tla.
 *
 * @param refused Settles an attempt whose effects the store refuses: a PermanentError for a condition of the handler's own, else
 *   an EffectsRefusedError.
 * @throws StoreBusyError if the store stayed contended until the deadline. The error of the store: then the commit may
 *   have happened.
 */
export async function commit(
  { resendToken }: Job,
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
      const answer = await commitLive(store, commits, live, attempt.budget);
      if (answer.kind === 'committed') return { ...answer, result: live.resultOf(0) };
      return answer.kind === 'exists' ? { kind: 'exists', record: undefined, ...answer.found[0] } : answer;
    },
    // The record lists the stale effects. It may be from an earlier try, which found fewer.
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
 * Commits effects. If some are stale, commits again at once without them, until none is stale. Each try has fewer
 * effects.
 *
 * @param commits Are asked anew each time, since results tell what was left out.
 * @throws StoreBusyError if effects kept getting stale until the deadline; the error of the store.
 */
export async function commitLive(
  store: EffectStore,
  commits: () => readonly Commit[],
  live: LiveEffects,
  { clock, deadlineAt }: Budget,
): Promise<Exclude<CommitAnswer, { kind: 'stale' }>> {
  for (;;) {
    const answer = await store.commit(commits(), live.list);
    if (answer.kind !== 'stale') return answer;
    live.leaveOut(answer.effects);
    if (clock.now() > deadlineAt) throw new StoreBusyError('newer versions of the items kept arriving');
  }
}

/** A stale effect, in the form in which the record lists it. */
interface StaleItem {
  readonly effect: number;
  readonly table: string;
  /** The effect's version and the stored version, both in digits. */
  readonly version: string;
  readonly held: string;
}

/** The writes of a commit without those that are stale. */
export class LiveEffects {
  #live: readonly Write[];
  /** The stale writes, with the stored version. */
  readonly #stale = new Map<Write, string>();
  readonly #all: readonly Write[];

  constructor(writes: readonly Write[]) {
    this.#all = writes;
    this.#live = writes;
  }

  get list(): readonly EffectWrite[] {
    return this.#live.map(({ effect }) => effect);
  }

  /** The effects behind the writes at these positions; without positions, the effects of all writes. */
  partsAt(places: readonly number[]): readonly Part[] {
    const writes = places.length === 0 ? this.#live : places.flatMap((place) => this.#live[place] ?? []);
    return writes.flatMap(({ parts }) => parts).sort((a, b) => a.place - b.place);
  }

  /** The commit's result for the record of an event; `undefined` if no effect was stale. */
  resultOf(event: number): string | undefined {
    const stale = this.#all
      .flatMap((write) => {
        const there = this.#stale.get(write);
        return write.parts.flatMap((part) => (part.event === event ? staleItem(part, there) : []));
      })
      .sort((a, b) => a.effect - b.effect);
    return stale.length === 0 ? undefined : encodeResult({ stale });
  }

  /** Leaves out the effects that the store called stale. */
  leaveOut(stale: readonly StaleEffect[]): void {
    for (const { index, held } of stale) {
      const write = this.#live[index];
      if (write !== undefined && isVersioned(write.effect)) this.#stale.set(write, held);
    }
    this.#live = this.#live.filter((write) => !this.#stale.has(write));
  }
}

/** @param there The stored version that made the whole write stale. */
function staleItem({ place, effect, held }: Part, there: string | undefined): StaleItem[] {
  const newer = there ?? held;
  if (newer === undefined || !isVersioned(effect)) return [];
  return [{ effect: place, table: effect.table, version: String(versionOf(effect)), held: newer }];
}

/** Maximum number of effects that a reason names. */
const mostNamed = 10;

/** Makes the error of a refusal. It names the effects by their positions in the handler's list. */
function errorOf({ by, effects, reason, cause }: Refused, live: LiveEffects) {
  const parts = live.partsAt(effects);
  const named = parts.slice(0, mostNamed).map(partName).join(', ');
  const left = parts.length > mostNamed ? `, and ${parts.length - mostNamed} more` : '';
  const which = effects.length === 0 && parts.length > 1 ? 'one of ' : '';
  const text = `The store refuses ${which}${named}${left}: ${reason}`;
  return by === 'condition' ? new PermanentError(text, { cause }) : new EffectsRefusedError(text, { cause });
}

/** @param result The commit's result in the record. */
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
