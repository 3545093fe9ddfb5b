import { allowedClockSkewMs } from '../../../contract/policies/lease.ts';
import type {
  Contended,
  Delivery,
  Exists,
  GuaranteeName,
  KeptBody,
  OwnerAnswer,
  RecordStore,
  Refusal,
  StoredRecord,
} from '../../ports/record-store.ts';
import type { Job, RecordTools, Verdict } from '../guarantee.ts';
import { type InterpretTerms, interpretRecord, type RecordState } from './interpret-record.ts';
import { type Budget, pause, retryAlways } from './retry.ts';

/** The result of an owner's write: the record holds it, or belongs to another delivery. */
export type OwnerWrite =
  | { readonly held: true }
  | { readonly held: false; readonly record: StoredRecord | undefined };

/** A conditional write that the record may refuse. */
export interface Step<Taken extends { readonly kind: string }> {
  /** @param expectedExpiration The `expiration` of an expired record to replace. */
  readonly write: (
    mine: Delivery,
    expectedExpiration: number | undefined,
  ) => Promise<Taken | Exists | Contended>;
  /** Returns the step's result if the record shows an earlier try of it whose answer was lost. */
  readonly written?: (record: StoredRecord) => Taken | undefined;
  readonly terms: InterpretTerms;
  /**
   * How to handle an unfinished record whose effect may have happened. `markUnknown`: write OUTCOME_UNKNOWN. `ignore`:
   * do nothing, because the record needs no write of this step.
   */
  readonly onAmbiguous: 'markUnknown' | 'ignore';
  /**
   * For a write that cannot take over a lease: releases the lease of the record that refused the write, if it has one.
   */
  readonly reopen?: (inTheWay: StoredRecord | undefined) => Promise<void>;
}

export type Decision<Taken extends object> =
  | { readonly taken: Taken; readonly verdict: undefined }
  | { readonly taken: undefined; readonly verdict: Verdict };

/**
 * One delivery and its writes to the record. It also interprets a record that refuses a write, and marks an outcome as
 * unknown.
 */
export class DeliveryAttempt {
  readonly budget: Budget;
  readonly store: RecordStore;
  readonly #job: Job;
  readonly #guarantee: GuaranteeName;
  readonly #recordTtlSeconds: number;
  #earlier: string | undefined;

  constructor(job: Job, guarantee: GuaranteeName, { clock, random, recordTtlSeconds, store }: RecordTools) {
    this.#job = job;
    this.#guarantee = guarantee;
    this.store = store;
    this.#recordTtlSeconds = recordTtlSeconds;
    this.budget = { clock, random, deadlineAt: job.deadlineAt };
  }

  /** The owner token of its writes. */
  get token(): string {
    return this.#job.identity.ownerToken;
  }

  /** When the lease of a claim made now ends: the owner's invocation is over by then, on every clock. */
  get leaseEndsAt(): number {
    return leaseEndsAt(this.#job);
  }

  /** Logs a failure that changes no outcome. */
  warn(what: string, error: unknown): void {
    this.#job.warn(what, error);
  }

  /** The delivery, with the current time, for a write. */
  delivery(): Delivery {
    const now = this.budget.clock.now();
    return {
      ...this.#job.identity,
      ...(this.#earlier !== undefined && { earlierFingerprint: this.#earlier }),
      guarantee: this.#guarantee,
      now,
      expiration: Math.floor(now / 1000) + this.#recordTtlSeconds,
      nextTryAt: this.#job.nextTryAt(now),
    };
  }

  /**
   * Interprets a record that refused a write of this delivery. If the record names another fingerprint algorithm for
   * the same event, the conditions of later writes accept that fingerprint too.
   * @param mine The delivery that the write contained.
   */
  interpret(refusal: Refusal, mine: Delivery, terms: InterpretTerms): RecordState {
    const state = interpretRecord(refusal, mine, terms, this.#job);
    const goesOn = state.kind === 'again' || state.kind === 'unclear';
    if (goesOn && state.record?.fingerprint !== mine.fingerprint) {
      this.#earlier = state.record?.fingerprint;
    }
    return state;
  }

  /**
   * Repeats a write until the store accepts it, or until the record decides about the delivery.
   *
   * @throws StoreBusyError if the store stayed contended, or the record kept changing, until the deadline;
   *   ConfigurationError if the consumer must not decide by the record: see `RecordState`; the error of `write`.
   */
  async writeUntilDecided<Taken extends { readonly kind: string }>({
    write,
    written,
    terms,
    onAmbiguous,
    reopen,
  }: Step<Taken>): Promise<Decision<Taken>> {
    let expectedExpiration: number | undefined;
    let contended = 0;
    let surprises = 0;
    for (;;) {
      const mine = this.delivery();
      const answer = await write(mine, expectedExpiration);
      if (answer.kind === 'contended') {
        await pause(contended, (answer as Contended).cause, this.budget);
        contended += 1;
        continue;
      }
      if (answer.kind !== 'exists') return { taken: answer as Taken, verdict: undefined };
      const state = this.interpret(answer as Exists, mine, terms);
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
        const stays = onAmbiguous === 'ignore' || (await this.markUnknown(record, reason)).held;
        if (stays) return { taken: undefined, verdict: { outcome: 'unknown', reason } };
      }
      expectedExpiration = state.kind === 'again' ? state.expectedExpiration : undefined;
      if (state.kind === 'again' && expectedExpiration === undefined) await reopen?.(state.record);
      // Replace an expired record immediately; back off after any further conflict.
      if (surprises > 0) await pause(surprises, 'the record kept changing', this.budget);
      surprises += 1;
      contended = 0;
    }
  }

  /**
   * Writes OUTCOME_UNKNOWN to a record of this delivery or of a dead owner. The record keeps its `attempt`, so that a
   * slow owner may still complete it. If another delivery has marked it unknown already, nothing is left to do. `Hold`
   * in spec/OrderOnce.tla.
   */
  async markUnknown(
    seen: Pick<StoredRecord, 'ownerToken' | 'status'>,
    lastError: string,
  ): Promise<OwnerWrite> {
    const { ownerToken, status } = seen;
    let kept: KeptBody | undefined;
    const answer = await retryAlways(async () => {
      const body = kept ?? (await this.#job.keepBody(ownerToken ?? this.token, lastError));
      kept = body;
      return await this.store.holdUnknown(this.delivery(), { ownerToken, status }, body, lastError);
    }, this.budget);
    return this.ownerWrite(answer, { status: 'OUTCOME_UNKNOWN', ownerToken: ownerToken ?? this.token });
  }

  /**
   * Recognises a refusal by an earlier write of this delivery whose answer was lost. The record then holds everything
   * that this write would have written. `Recognise` in spec/OrderOnce.tla.
   */
  ownerWrite(
    answer: Exclude<OwnerAnswer, { kind: 'contended' }>,
    wanted: Pick<StoredRecord, 'status' | 'ownerToken' | 'attemptState'>,
  ): OwnerWrite {
    if (answer.kind === 'written') return { held: true };
    const { record } = answer;
    const isWritten =
      record?.status === wanted.status &&
      record.ownerToken === wanted.ownerToken &&
      record.attemptState === wanted.attemptState;
    return isWritten ? { held: true } : { held: false, record };
  }
}

/** When the lease of a claim made now ends: the owner's invocation is over by then, on every clock. */
export function leaseEndsAt({ endsAt }: Pick<Job, 'endsAt'>): number {
  return endsAt + allowedClockSkewMs;
}
