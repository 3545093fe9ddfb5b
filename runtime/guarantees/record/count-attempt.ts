import type { CountAnswer, CountedAttempt, EffectStore } from '../../ports/record-store.ts';
import { historyOfOwnWrite } from '../../stores/attempt-history.ts';
import type { Job } from '../guarantee.ts';
import type { Decision, DeliveryAttempt } from './delivery-attempt.ts';
import { reopen } from './reopen.ts';

type Counted = Extract<CountAnswer, { kind: 'counted' }>;

/**
 * Counts the attempt of a delivery under exactly-once once, even if it is called again. A suspect's attempt is counted
 * before its handler. Every other attempt is counted only after its handler failed, because a count before each handler
 * would cost a write for every event. `CountAttempt` in spec/OrderOnce.tla.
 *
 * @returns The attempts before this one, or the verdict that the record already holds. An applied event is a duplicate,
 *   even if its handler fails.
 * @throws StoreBusyError if the store stayed contended until the deadline; the error of the store.
 */
export async function countAttempt(
  { resendToken }: Job,
  attempt: DeliveryAttempt,
  store: EffectStore,
  counted: CountedAttempt,
): Promise<Decision<Counted>> {
  const terms = { takeOver: true, resendToken };
  return await attempt.writeUntilDecided<Counted>({
    write: (mine, expectedExpiration) => store.countAttempt(mine, counted, expectedExpiration),
    written: (record) =>
      record.status === 'RETRYING' && record.attemptState !== undefined
        ? { kind: 'counted', past: historyOfOwnWrite(record, true) }
        : undefined,
    terms,
    onAmbiguous: 'markUnknown',
    reopen: (record) => reopen(record, attempt, terms),
  });
}
