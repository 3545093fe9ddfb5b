import { allowedClockSkew } from '../../../contract/policies/lease.ts';
import type {
  Delivery,
  GuaranteeName,
  KeptBody,
  OwnerAnswer,
  RecordStore,
  Refusal,
  StoredRecord,
} from '../../ports/record-store.ts';
import type { Job, RecordTools } from '../guarantee.ts';
import { type InterpretTerms, interpretRecord, type RecordState } from './interpret-record.ts';
import { type Budget, retryAlways } from './retry.ts';

/** A write by an owner: whether the record holds what it wrote, or is another's. */
export type OwnerWrite =
  | { readonly held: true }
  | { readonly held: false; readonly record: StoredRecord | undefined };

/**
 * One delivery as the store meets it: what its writes say, what a record that refuses one means for it, and how it leaves an
 * outcome that nobody can know.
 */
export class DeliveryAttempt {
  readonly budget: Budget;
  readonly store: RecordStore;
  readonly #job: Job;
  readonly #guarantee: GuaranteeName;
  readonly #ttl: number;
  #earlier: string | undefined;

  constructor(job: Job, guarantee: GuaranteeName, { clock, random, recordTtlSeconds, store }: RecordTools) {
    this.#job = job;
    this.#guarantee = guarantee;
    this.store = store;
    this.#ttl = recordTtlSeconds;
    this.budget = { clock, random, deadline: job.deadline };
  }

  /** The owner token of its writes. */
  get token(): string {
    return this.#job.identity.ownerToken;
  }

  /** When a claim made now ends: its owner's invocation is over by then, on every clock. */
  get leaseEnd(): number {
    return leaseEnd(this.#job);
  }

  /** Logs what went wrong and changes no outcome. */
  warn(what: string, error: unknown): void {
    this.#job.warn(what, error);
  }

  /** The delivery as a write made now tells it. */
  delivery(): Delivery {
    const now = this.budget.clock.now();
    return {
      ...this.#job.identity,
      ...(this.#earlier !== undefined && { earlierFingerprint: this.#earlier }),
      guarantee: this.#guarantee,
      now,
      expiration: Math.floor(now / 1000) + this.#ttl,
    };
  }

  /**
   * What a record means that refused a write of this delivery. If it is of the same event by another algorithm, the
   * conditions of the writes that follow take its fingerprint too.
   * @param mine The delivery as it was told to the store.
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
   * OUTCOME_UNKNOWN, of our own record or of a dead owner's. Its `attempt` stays: whoever else holds it as unknown
   * has written what we wanted to write, and an owner that is only slow may still complete it. `Hold` in
   * spec/OrderOnce.tla.
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
    return this.ownerWrite(answer, 'OUTCOME_UNKNOWN', ownerToken);
  }

  /** A refusal may be our own earlier write, its answer lost. `Recognise` in spec/OrderOnce.tla. */
  ownerWrite(
    answer: Exclude<OwnerAnswer, { kind: 'contended' }>,
    wanted: StoredRecord['status'],
    attempt: string | undefined = this.token,
  ): OwnerWrite {
    if (answer.kind === 'written') return { held: true };
    const { record } = answer;
    if (record?.status === wanted && record.ownerToken === attempt) return { held: true };
    return { held: false, record };
  }
}

/** When a claim made now ends: its owner's invocation is over by then, on every clock. */
export function leaseEnd({ end }: Pick<Job, 'end'>): number {
  return end + allowedClockSkew;
}
