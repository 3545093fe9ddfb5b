import type { CloudEvent } from '../../contract/event.ts';
import type { Effect } from '../effects.ts';
import { PermanentError } from '../errors.ts';
import type { CommitAnswer, EffectStore } from '../stores/record-store.ts';
import { untilDecided } from './decide.ts';
import type { Task, Verdict } from './guarantee.ts';
import type { Lease } from './lease.ts';
import { appliedWith, commitLive, LiveEffects, writesOf } from './stale.ts';

type Committed =
  | { readonly kind: 'committed'; readonly result: string | undefined }
  | Extract<CommitAnswer, { kind: 'refused' }>;

/**
 * One round trip for a first delivery and one for a duplicate; one more where effects are stale, since their conditions
 * cancel the whole transaction: it is committed again without them. Without a commit nothing is applied, so a crash at
 * any point leaves either everything or nothing. `Commit`, `CommitOverExpired` in spec/OrderOnce.tla.
 *
 * @throws StoreBusyError where the store stayed contended until the deadline; PermanentError where it refuses the
 *   effects; whatever the store throws, and then the commit may have happened.
 */
export async function commit(
  { carriedAttempt, deadline }: Task<CloudEvent>,
  effects: readonly Effect[],
  lease: Lease,
  store: EffectStore,
): Promise<Verdict> {
  const live = new LiveEffects(writesOf(effects));
  const { taken, verdict } = await untilDecided<Committed>(lease, {
    async write(mine, over) {
      const commits = () => [{ delivery: mine, over, result: live.resultOf(0) }];
      const answer = await commitLive(store, commits, live, { ...lease.budget, deadline });
      if (answer.kind === 'committed') return { ...answer, result: live.resultOf(0) };
      return answer.kind === 'exists' ? { kind: 'exists', record: undefined, ...answer.found[0] } : answer;
    },
    // The record knows what was stale: it may be of an earlier try, which found less.
    written: ({ status, result }) => (status === 'COMPLETED' ? { kind: 'committed', result } : undefined),
    terms: { takeOver: true, carriedAttempt },
    unclear: 'hold',
    reopens: true,
  });
  if (taken === undefined) return verdict;
  if (taken.kind === 'refused') throw new PermanentError(taken.reason, { cause: taken.cause });
  return appliedWith(taken.result);
}
