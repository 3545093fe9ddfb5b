import type { AttemptHistory } from '../../../contract/policies/retry-policy.ts';
import { describe, NeverEndedError } from '../../handler/errors.ts';
import type { ReleaseTerms } from '../../ports/record-store.ts';
import { historyOfOwnWrite } from '../../stores/attempt-history.ts';
import type { Verdict } from '../guarantee.ts';
import type { DeliveryAttempt, OwnerWrite } from './delivery-attempt.ts';
import type { InterpretTerms } from './interpret-record.ts';
import { retryAlways, retryContended } from './retry.ts';

/** How a failed attempt ended. */
export interface AttemptEnd {
  /** Whether the event itself made the attempt fail. */
  readonly failed: boolean;
  /** Number of earlier attempts that no longer count. @default 0 */
  readonly forgets?: number;
  /** Whether nothing waits for another try. @default false */
  readonly isDone?: boolean;
}

export type ClaimResult =
  | { readonly claimed: true; readonly past: AttemptHistory }
  | { readonly claimed: false; readonly verdict: Verdict };

/**
 * The fenced lease of one delivery. Its writes carry the delivery's `attempt`, and the store refuses a write over
 * another delivery's `attempt`. So an owner whose lease was taken over changes nothing, and gets an answer that says
 * so. A write is repeated while the store is contended, until the deadline (StoreBusyError). A write whose answer was
 * lost is recognised by its `attempt`.
 */
export class Lease {
  readonly #attempt: DeliveryAttempt;

  constructor(attempt: DeliveryAttempt) {
    this.#attempt = attempt;
  }

  /** Logs a failure that changes no outcome. */
  warn(what: string, error: unknown): void {
    this.#attempt.warn(what, error);
  }

  /**
   * Writes INPROGRESS with this delivery as the owner, or returns the verdict that the record holds. `Claim`,
   * `ClaimOverExpired`, `TakeOver` in spec/OrderOnce.tla.
   * @param countsAttempt See `ClaimTerms`.
   */
  async claim(terms: InterpretTerms, countsAttempt = false): Promise<ClaimResult> {
    const { taken, verdict } = await this.#attempt.writeUntilDecided({
      write: (mine, expectedExpiration) =>
        this.#attempt.store.claim(mine, {
          ...terms,
          expectedExpiration,
          leaseUntil: this.#attempt.leaseEndsAt,
          countsAttempt,
        }),
      written: (record) =>
        record.status === 'INPROGRESS'
          ? { kind: 'claimed', past: historyOfOwnWrite(record, countsAttempt) }
          : undefined,
      terms,
      onAmbiguous: 'markUnknown',
    });
    if (taken === undefined) return { claimed: false, verdict };
    return { claimed: true, past: taken.past };
  }

  /**
   * Writes COMPLETED. A late owner also completes its record after that became OUTCOME_UNKNOWN, because the owner knows
   * the outcome. `Complete` in spec/OrderOnce.tla.
   */
  async complete(result: string): Promise<OwnerWrite> {
    const answer = await retryAlways(
      () => this.#attempt.store.complete(this.#attempt.delivery(), result),
      this.#attempt.budget,
    );
    return this.#attempt.ownerWrite(answer, { status: 'COMPLETED', ownerToken: this.#attempt.token });
  }

  /** Writes RETRYING. `Release` in spec/OrderOnce.tla. */
  async release(lastError: string, terms: ReleaseTerms): Promise<OwnerWrite> {
    const step = () => this.#attempt.store.release(this.#attempt.delivery(), lastError, terms);
    const answer = await retryContended(step, this.#attempt.budget);
    const { token: ownerToken } = this.#attempt;
    return this.#attempt.ownerWrite(answer, { status: 'RETRYING', ownerToken, attemptState: terms.state });
  }

  /** Writes RETRYING at the end of an attempt that the claim did not count. The attempt is counted if it `failed`. */
  async end(reason: string, { failed, forgets = 0, isDone }: AttemptEnd): Promise<OwnerWrite> {
    const change = Number(failed) - forgets;
    return await this.release(reason, { change, isDone, ...(failed && { state: 'FAILED' as const }) });
  }

  /**
   * Writes RETRYING and STARTED without starting the handler, because the earlier attempts never finished. The attempt is
   * counted and stays STARTED: if the copy to the dead-letter queue fails, the handler must not start on the next
   * delivery either.
   *
   * @param wasCounted Whether the claim counted the attempt.
   */
  async leave(wasCounted = false): Promise<OwnerWrite> {
    const change = wasCounted ? 0 : 1;
    return await this.release(describe(new NeverEndedError()), { change, wasCounted, state: 'STARTED' });
  }

  /** Writes OUTCOME_UNKNOWN to the record that this delivery claimed. */
  async markOwnUnknown(lastError: string): Promise<OwnerWrite> {
    return await this.#attempt.markUnknown(
      { ownerToken: this.#attempt.token, status: 'INPROGRESS' },
      lastError,
    );
  }
}
