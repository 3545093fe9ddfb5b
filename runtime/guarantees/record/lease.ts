import { allowedClockSkew } from '../../../contract/policies/lease.ts';
import type { Tries } from '../../../contract/policies/retry-policy.ts';
import type {
  Delivery,
  GuaranteeName,
  KeptBody,
  OwnerAnswer,
  Past,
  RecordStore,
  Refusal,
  ReleaseTerms,
  StoredRecord,
} from '../../ports/record-store.ts';
import type { Job, Tools, Verdict } from '../guarantee.ts';
import { type Finding, type JudgeTerms, judge } from './interpret-record.ts';
import { type Budget, untilAnswered, untilRecorded } from './retry.ts';
import { untilDecided } from './write-until-decided.ts';

/** When a claim made now ends: its owner's invocation is over by then, on every clock. */
export function leaseEnd({ end }: Pick<Job, 'end'>): number {
  return end + allowedClockSkew;
}

export type ClaimResult =
  | { readonly claimed: true; readonly past: Past }
  | { readonly claimed: false; readonly verdict: Verdict };

/** Of a write by its owner: whether it stands, or the record is another's. */
export type Standing =
  | { readonly stands: true }
  | { readonly stands: false; readonly record: StoredRecord | undefined };

/**
 * The fenced lease of one delivery. Its writes carry the delivery's `attempt` and the store takes none over another's:
 * an owner whose lease was taken over changes nothing and learns it. A write is repeated while the store is contended,
 * until the deadline (StoreBusyError); one whose answer was lost is recognised by `attempt`.
 */
export class Lease {
  readonly budget: Budget;
  readonly #task: Job;
  readonly #guarantee: GuaranteeName;
  readonly #store: RecordStore;
  readonly #ttl: number;
  #earlier: string | undefined;

  constructor(
    task: Job,
    guarantee: GuaranteeName,
    { clock, random, recordTtlSeconds, store }: Omit<Tools, 'store'> & { readonly store: RecordStore },
  ) {
    this.#task = task;
    this.#guarantee = guarantee;
    this.#store = store;
    this.#ttl = recordTtlSeconds;
    this.budget = { clock, random, deadline: task.deadline };
  }

  /** Logs what went wrong and changes no outcome. */
  warn(what: string, error: unknown): void {
    this.#task.warn(what, error);
  }

  /** The delivery as a write made now tells it. */
  delivery(): Delivery {
    const now = this.budget.clock.now();
    return {
      ...this.#task.identity,
      ...(this.#earlier !== undefined && { earlier: this.#earlier }),
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
  judge(refusal: Refusal, mine: Delivery, terms: JudgeTerms): Finding {
    const finding = judge(refusal, mine, terms, this.#task.fingerprintLike);
    const goesOn = finding.kind === 'again' || finding.kind === 'unclear';
    if (goesOn && finding.record?.fingerprint !== mine.fingerprint) {
      this.#earlier = finding.record?.fingerprint;
    }
    return finding;
  }

  /**
   * INPROGRESS and ours, or what the record says to this delivery. `Claim`, `ClaimOverExpired`, `TakeOver` in
   * spec/OrderOnce.tla.
   * @param countedAs See `ClaimTerms`.
   */
  async claim(terms: JudgeTerms, countedAs?: string): Promise<ClaimResult> {
    const { taken, verdict } = await untilDecided(this, {
      write: (mine, over) =>
        this.#store.claim(mine, { ...terms, over, leaseUntil: leaseEnd(this.#task), countedAs }),
      written: (record) =>
        record.status === 'INPROGRESS'
          ? { kind: 'claimed', past: pastOfOwn(record, countedAs !== undefined) }
          : undefined,
      terms,
      unclear: 'hold',
    });
    if (taken === undefined) return { claimed: false, verdict };
    return { claimed: true, past: taken.past };
  }

  /**
   * COMPLETED. A late owner whose record became OUTCOME_UNKNOWN completes it all the same: it knows. `Complete` in
   * spec/OrderOnce.tla.
   */
  async complete(result: string): Promise<Standing> {
    const answer = await untilRecorded(() => this.#store.complete(this.delivery(), result), this.budget);
    return this.#standing(answer, 'COMPLETED');
  }

  /** RETRYING. `Release` in spec/OrderOnce.tla. */
  async release(lastError: string, terms: ReleaseTerms): Promise<Standing> {
    const step = () => this.#store.release(this.delivery(), lastError, terms);
    return this.#standing(await untilAnswered(step, this.budget), 'RETRYING');
  }

  /**
   * OUTCOME_UNKNOWN, of our own record or of a dead owner's. Its `attempt` stays: whoever else holds it as unknown
   * has written what we wanted to write, and an owner that is only slow may still complete it. `Hold` in
   * spec/OrderOnce.tla.
   */
  async hold(seen: Pick<StoredRecord, 'attempt' | 'status'>, lastError: string): Promise<Standing> {
    const { attempt, status } = seen;
    let kept: KeptBody | undefined;
    const answer = await untilRecorded(async () => {
      const body = kept ?? (await this.#task.keepBody(attempt ?? this.#task.identity.attempt, lastError));
      kept = body;
      return await this.#store.holdUnknown(this.delivery(), { attempt, status }, body, lastError);
    }, this.budget);
    return this.#standing(answer, 'OUTCOME_UNKNOWN', attempt);
  }

  /** OUTCOME_UNKNOWN, of the record that this delivery claimed. */
  async holdMine(lastError: string): Promise<Standing> {
    return await this.hold({ attempt: this.#task.identity.attempt, status: 'INPROGRESS' }, lastError);
  }

  /** A refusal may be our own earlier write, its answer lost. `Recognise` in spec/OrderOnce.tla. */
  #standing(
    answer: Exclude<OwnerAnswer, { kind: 'contended' }>,
    wanted: StoredRecord['status'],
    attempt: string | undefined = this.#task.identity.attempt,
  ): Standing {
    if (answer.kind === 'written') return { stands: true };
    const { record } = answer;
    if (record?.status === wanted && record.attempt === attempt) return { stands: true };
    return { stands: false, record };
  }
}

export function triesOf({ attempts = 0, firstAttemptAt = 0 }: StoredRecord): Tries {
  return { attempts, firstAttemptAt };
}

/**
 * The past of a record that this delivery has written before, and whose answer was lost. What its last error was cannot be
 * told any more.
 */
export function pastOfOwn({ attempts = 0, firstAttemptAt = 0 }: StoredRecord, counted: boolean): Past {
  return { attempts: attempts - Number(counted), firstAttemptAt };
}
