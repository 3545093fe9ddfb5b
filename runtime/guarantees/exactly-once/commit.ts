import { EffectsRefusedError, PermanentError } from '../../handler/errors.ts';
import type { EffectStore, Refused } from '../../ports/record-store.ts';
import type { Job, Verdict } from '../guarantee.ts';
import type { DeliveryAttempt } from '../record/delivery-attempt.ts';
import { reopen } from '../record/reopen.ts';
import { retryUntilDecided } from '../record/write-until-decided.ts';
import { partName } from './merge-effects.ts';
import { appliedWith, commitLive, LiveEffects, type Write } from './stale-effects.ts';

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
  const { taken, verdict } = await retryUntilDecided<Committed>(attempt, {
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
