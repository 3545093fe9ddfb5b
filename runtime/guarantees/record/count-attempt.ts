import type { CountAnswer, CountedAttempt, EffectStore } from '../../ports/record-store.ts';
import { historyOfOwnWrite } from '../../stores/attempt-history.ts';
import type { Job } from '../guarantee.ts';
import type { Decision, DeliveryAttempt } from './delivery-attempt.ts';
import { reopen } from './reopen.ts';

type Counted = Extract<CountAnswer, { kind: 'counted' }>;

/**
 * Counts the attempt of a delivery under exactly-once, which has written nothing yet: once, however often it is called.
 * A suspect's before its handler, every other one only when the handler has failed: who counted before each handler
 * would pay a write for every event. `CountAttempt` in spec/OrderOnce.tla.
 *
 * @returns What was before this attempt, or what the record says to this delivery: a duplicate is one, even if its handler
 *   fails.
 * @throws StoreBusyError where the store stayed contended until the deadline; whatever the store throws.
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
