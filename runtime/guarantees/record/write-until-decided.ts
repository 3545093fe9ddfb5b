import type { Contended, Delivery, Exists, StoredRecord } from '../../ports/record-store.ts';
import type { Verdict } from '../guarantee.ts';
import type { DeliveryAttempt } from './delivery-attempt.ts';
import type { InterpretTerms } from './interpret-record.ts';
import { pause, retryContended } from './retry.ts';

/** A write over a record whose condition may refuse it. */
export interface Step<Taken extends { readonly kind: string }> {
  /** @param expectedExpiration The `expiration` of an expired record to replace. */
  readonly write: (
    mine: Delivery,
    expectedExpiration: number | undefined,
  ) => Promise<Taken | Exists | Contended>;
  /** What the step came to, where the record shows an earlier try of it, whose answer was lost. */
  readonly written?: (record: StoredRecord) => Taken | undefined;
  readonly terms: InterpretTerms;
  /**
   * What becomes of an unfinished record, if nobody can know whether its effect happened. `markUnknown`: OUTCOME_UNKNOWN.
   * `ignore`: nothing, the record needs no write of this step.
   */
  readonly onAmbiguous: 'markUnknown' | 'ignore';
  /** For a write that takes over no lease: gives back what is under one, if the record that is in its way is. */
  readonly reopen?: (inTheWay: StoredRecord | undefined) => Promise<void>;
}

export type Decision<Taken extends object> =
  | { readonly taken: Taken; readonly verdict: undefined }
  | { readonly taken: undefined; readonly verdict: Verdict };

/**
 * Repeats a write until the store takes it, or its record says what to make of the delivery instead.
 *
 * @throws StoreBusyError where the store stayed contended, or the record kept changing, until the deadline;
 *   ConfigurationError if the consumer must not decide by the record: see `RecordState`; whatever `write` throws.
 */
export async function retryUntilDecided<Taken extends { readonly kind: string }>(
  attempt: DeliveryAttempt,
  { write, written, terms, onAmbiguous, reopen }: Step<Taken>,
): Promise<Decision<Taken>> {
  let expectedExpiration: number | undefined;
  for (let tries = 0; ; tries++) {
    let mine = attempt.delivery();
    const answer = await retryContended(() => {
      mine = attempt.delivery();
      return write(mine, expectedExpiration);
    }, attempt.budget);
    if (answer.kind !== 'exists') return { taken: answer as Taken, verdict: undefined };
    const state = attempt.interpret(answer as Exists, mine, terms);
    if (state.kind === 'verdict') return { taken: undefined, verdict: state.verdict };
    if (state.kind === 'mine') {
      const taken = written?.(state.record);
      if (taken !== undefined) return { taken, verdict: undefined };
    }
    if (state.kind === 'misconfigured') {
      if (onAmbiguous === 'markUnknown') throw state.error;
      return { taken: undefined, verdict: { outcome: 'unknown', reason: state.error.message } };
    }
    if (state.kind === 'unclear') {
      const { record, reason } = state;
      const stays = onAmbiguous === 'ignore' || (await attempt.markUnknown(record, reason)).held;
      if (stays) return { taken: undefined, verdict: { outcome: 'unknown', reason } };
    }
    expectedExpiration = state.kind === 'again' ? state.expectedExpiration : undefined;
    if (state.kind === 'again' && expectedExpiration === undefined) await reopen?.(state.record);
    // An expired record is replaced at once; whoever meets another surprise after that gives way.
    if (tries > 0) await pause(tries, 'the record kept changing', attempt.budget);
  }
}
