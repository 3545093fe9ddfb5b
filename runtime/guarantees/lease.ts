import type { CloudEvent } from '../../contract/event.ts';
import { allowedClockSkew } from '../../contract/lease.ts';
import { underWay } from '../errors.ts';
import type {
  Delivery,
  GuaranteeName,
  OwnerAnswer,
  Past,
  RecordStore,
  StoredRecord,
} from '../stores/record-store.ts';
import { untilDecided } from './decide.ts';
import type { Task, Tools, Verdict } from './guarantee.ts';
import type { JudgeTerms } from './judge.ts';
import { type Budget, untilAnswered, untilRecorded } from './retry.ts';

/** When a claim made now ends: its owner's invocation is over by then, on every clock. */
export function leaseEnd({ end }: Pick<Task<CloudEvent>, 'end'>): number {
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
  readonly #task: Task<CloudEvent>;
  readonly #guarantee: GuaranteeName;
  readonly #store: RecordStore;
  readonly #ttl: number;

  constructor(
    task: Task<CloudEvent>,
    guarantee: GuaranteeName,
    { clock, random, recordTtlSeconds, store }: Omit<Tools, 'store'> & { readonly store: RecordStore },
  ) {
    this.#task = task;
    this.#guarantee = guarantee;
    this.#store = store;
    this.#ttl = recordTtlSeconds;
    this.budget = { clock, random, deadline: task.deadline };
  }

  /** The delivery as a write made now tells it. */
  delivery(): Delivery {
    const now = this.budget.clock.now();
    return {
      ...this.#task.identity,
      guarantee: this.#guarantee,
      now,
      expiration: Math.floor(now / 1000) + this.#ttl,
    };
  }

  /** INPROGRESS and ours, or what the record says to this delivery. A suspect's attempt is counted with it. */
  async claim(terms: JudgeTerms): Promise<ClaimResult> {
    const countedAs = this.#task.isSuspect ? underWay : undefined;
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
    if (taken === undefined) return { claimed: false, verdict: verdict as Verdict };
    return { claimed: true, past: taken.past };
  }

  /** COMPLETED. A late owner whose record became OUTCOME_UNKNOWN completes it all the same: it knows. */
  async complete(result: string): Promise<Standing> {
    const answer = await untilRecorded(() => this.#store.complete(this.delivery(), result), this.budget);
    return this.#standing(answer, 'COMPLETED');
  }

  /** RETRYING. @param attempts How many have failed by now. */
  async release(lastError: string, attempts: number): Promise<Standing> {
    const step = () => this.#store.release(this.delivery(), lastError, attempts);
    return this.#standing(await untilAnswered(step, this.budget), 'RETRYING');
  }

  /**
   * OUTCOME_UNKNOWN, of our own record or of a dead owner's. Its `attempt` stays: whoever else holds it as unknown
   * has written what we wanted to write, and an owner that is only slow may still complete it.
   */
  async hold(seen: Pick<StoredRecord, 'attempt' | 'status'>, lastError: string): Promise<Standing> {
    const { attempt, status } = seen;
    const answer = await untilRecorded(
      () => this.#store.holdUnknown(this.delivery(), { attempt, status }, this.#task.body, lastError),
      this.budget,
    );
    return this.#standing(answer, 'OUTCOME_UNKNOWN', attempt);
  }

  /** OUTCOME_UNKNOWN, of the record that this delivery claimed. */
  async holdMine(lastError: string): Promise<Standing> {
    return await this.hold({ attempt: this.#task.identity.attempt, status: 'INPROGRESS' }, lastError);
  }

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

/**
 * The past of a record that this delivery has written before, and whose answer was lost. What its last error was cannot be
 * told any more.
 */
export function pastOfOwn({ attempts = 0, firstAttemptAt = 0 }: StoredRecord, counted: boolean): Past {
  return { attempts: attempts - Number(counted), firstAttemptAt };
}
