import type { CloudEvent } from '../../contract/event.ts';
import { allowedClockSkew } from '../../contract/lease.ts';
import type { Tries } from '../../contract/retrying.ts';
import type {
  Delivery,
  GuaranteeName,
  OwnerAnswer,
  RecordStore,
  ReleaseAnswer,
  StoredRecord,
} from '../stores/record-store.ts';
import type { Task, Tools, Verdict } from './guarantee.ts';
import { type JudgeTerms, judge } from './judge.ts';
import { type Budget, pause, untilAnswered, untilRecorded } from './retry.ts';

/** When a claim made now ends: its owner's invocation is over by then, on every clock. */
export function leaseEnd({ end }: Pick<Task<CloudEvent>, 'end'>): number {
  return end + allowedClockSkew;
}

export type ClaimResult = { readonly claimed: true } | { readonly claimed: false; readonly verdict: Verdict };

/** Of a write by its owner: whether it stands, or the record is another's; `tries` where it counted an attempt. */
export type Standing =
  | { readonly stands: true; readonly tries?: Tries | undefined }
  | { readonly stands: false; readonly record: StoredRecord | undefined };

/**
 * The fenced lease of one delivery. Its writes carry the delivery's `attempt` and the store takes none over another's:
 * an owner whose lease was taken over changes nothing and learns it. A write is repeated while the store is contended,
 * until the deadline (StoreBusyError); one whose answer was lost is recognised by `attempt`.
 */
export class Lease {
  readonly #task: Task<CloudEvent>;
  readonly #guarantee: GuaranteeName;
  readonly #store: RecordStore;
  readonly #ttl: number;
  readonly #budget: Budget;

  constructor(
    task: Task<CloudEvent>,
    guarantee: GuaranteeName,
    { clock, random, recordTtlSeconds, store }: Omit<Tools, 'store'> & { readonly store: RecordStore },
  ) {
    this.#task = task;
    this.#guarantee = guarantee;
    this.#store = store;
    this.#ttl = recordTtlSeconds;
    this.#budget = { clock, random, deadline: task.deadline };
  }

  /** The delivery as a write made now tells it. */
  delivery(): Delivery {
    const now = this.#budget.clock.now();
    return {
      ...this.#task.identity,
      guarantee: this.#guarantee,
      now,
      expiration: Math.floor(now / 1000) + this.#ttl,
    };
  }

  /**
   * INPROGRESS and ours, or what the record says to this delivery. `Claim`, `ClaimOverExpired`, `TakeOver` in
   * spec/OrderOnce.tla.
   */
  async claim(terms: JudgeTerms): Promise<ClaimResult> {
    let over: number | undefined;
    for (let tries = 0; ; tries++) {
      const claimTerms = { ...terms, over, leaseUntil: leaseEnd(this.#task) };
      let mine = this.delivery();
      const answer = await untilAnswered(() => {
        mine = this.delivery();
        return this.#store.claim(mine, claimTerms);
      }, this.#budget);
      if (answer.kind === 'claimed') return { claimed: true };
      const finding = judge(answer, mine, terms);
      if (finding.kind === 'mine' && finding.record.status === 'INPROGRESS') return { claimed: true };
      if (finding.kind === 'verdict') return { claimed: false, verdict: finding.verdict };
      if (finding.kind === 'unclear') {
        const { stands } = await this.hold(finding.record, finding.reason);
        if (stands) return { claimed: false, verdict: { outcome: 'unknown', reason: finding.reason } };
      }
      over = finding.kind === 'again' ? finding.over : undefined;
      // An expired record is replaced at once; whoever meets another surprise after that gives way.
      if (tries > 0) await pause(tries, 'the record kept changing', this.#budget);
    }
  }

  /**
   * COMPLETED. A late owner whose record became OUTCOME_UNKNOWN completes it all the same: it knows. `Complete` in
   * spec/OrderOnce.tla.
   */
  async complete(result: string): Promise<Standing> {
    const answer = await untilRecorded(() => this.#store.complete(this.delivery(), result), this.#budget);
    return this.#standing(answer, 'COMPLETED');
  }

  /**
   * RETRYING. `Release` in spec/OrderOnce.tla.
   * @param failed Whether it is counted as an attempt that failed by itself.
   */
  async release(lastError: string, failed = false): Promise<Standing> {
    const answer = await untilAnswered(
      () => this.#store.release(this.delivery(), lastError, failed),
      this.#budget,
    );
    const standing = this.#standing(answer, 'RETRYING');
    if (!standing.stands || !failed) return standing;
    return { stands: true, tries: answer.kind === 'written' ? answer.tries : triesOf(answer.record) };
  }

  /**
   * OUTCOME_UNKNOWN, of our own record or of a dead owner's. Its `attempt` stays: whoever else holds it as unknown
   * has written what we wanted to write, and an owner that is only slow may still complete it. `Hold` in
   * spec/OrderOnce.tla.
   */
  async hold(seen: Pick<StoredRecord, 'attempt' | 'status'>, lastError: string): Promise<Standing> {
    const { attempt, status } = seen;
    const answer = await untilRecorded(
      () => this.#store.holdUnknown(this.delivery(), { attempt, status }, this.#task.body, lastError),
      this.#budget,
    );
    return this.#standing(answer, 'OUTCOME_UNKNOWN', attempt);
  }

  /** OUTCOME_UNKNOWN, of the record that this delivery claimed. */
  async holdMine(lastError: string): Promise<Standing> {
    return await this.hold({ attempt: this.#task.identity.attempt, status: 'INPROGRESS' }, lastError);
  }

  /** A refusal may be our own earlier write, its answer lost. `Recognise` in spec/OrderOnce.tla. */
  #standing(
    answer: Exclude<OwnerAnswer | ReleaseAnswer, { kind: 'contended' }>,
    wanted: StoredRecord['status'],
    attempt: string | undefined = this.#task.identity.attempt,
  ): Standing {
    if (answer.kind === 'written') return { stands: true };
    const { record } = answer;
    if (record?.status === wanted && record.attempt === attempt) return { stands: true };
    return { stands: false, record };
  }
}

/** Of a record that says that the attempt of the delivery was counted before. */
export function triesOf(record: StoredRecord | undefined): Tries | undefined {
  const { attempts, firstAttemptAt } = record ?? {};
  return attempts === undefined || firstAttemptAt === undefined ? undefined : { attempts, firstAttemptAt };
}
