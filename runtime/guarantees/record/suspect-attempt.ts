import type { Clock } from '../../../contract/clock.ts';
import { describe, StoreBusyError } from '../../handler/errors.ts';
import type { ReleaseTerms } from '../../ports/record-store.ts';
import type { Job } from '../guarantee.ts';
import { handlerMarginMs } from '../guarantee.ts';
import type { DeliveryAttempt, OwnerWrite } from './delivery-attempt.ts';
import { type AttemptEnd, Lease } from './lease.ts';

/**
 * An attempt that is counted before its handler starts, because a crash cannot be counted afterwards. A count that
 * stays is held against the event, so it is taken back if the attempt ends for another reason.
 */
export class SuspectAttempt {
  readonly #task: Job;
  readonly #lease: Lease;
  readonly #token: string;
  readonly #clock: Clock;
  #isWithHandler = false;
  #isOver = false;

  constructor(task: Job, attempt: DeliveryAttempt, clock: Clock) {
    this.#task = task;
    this.#lease = new Lease(attempt);
    this.#token = attempt.token;
    this.#clock = clock;
  }

  /**
   * Writes RETRYING at the end of the attempt. The count stays if the attempt `failed`. If that is held up until the
   * count is taken back, a lease ends as one that was never counted.
   */
  async end(reason: string, end: AttemptEnd): Promise<OwnerWrite> {
    const { failed, forgets = 0, isDone } = end;
    const change = (failed ? 0 : -1) - forgets;
    const ended = await this.#lease.release(reason, {
      change,
      wasCounted: true,
      isDone,
      ...(failed && { state: 'FAILED' as const }),
    });
    const { ownerToken, status } = (!ended.held && ended.record) || {};
    const isTakenBack = ownerToken === this.#token && status === 'INPROGRESS';
    const written = isTakenBack ? await this.#lease.end(reason, end) : ended;
    this.#isOver = true;
    return written;
  }

  /** Writes RETRYING without starting the handler. The count stays, even if this write fails. */
  async leave(): Promise<OwnerWrite> {
    this.#isOver = true;
    return await this.#lease.leave(true);
  }

  /** Wraps the handler to know whether it is running. */
  watch<Args extends unknown[], Result>(
    handle: (...args: Args) => Result | Promise<Result>,
  ): (...args: Args) => Promise<Result> {
    return async (...args) => {
      this.#isWithHandler = true;
      try {
        return await handle(...args);
      } finally {
        this.#isWithHandler = false;
      }
    };
  }

  /**
   * Counts, runs and settles the attempt. The count is taken back if that throws. It is also taken back shortly before
   * the deadline if the handler is not running, because a store that does not answer may delay the attempt until its
   * process ends. The store takes back only a count that still stands, so a repeated request is safe.
   */
  async run<Result>(settle: () => Promise<Result>): Promise<Result> {
    const settled = new AbortController();
    const leftMs = this.#task.deadlineAt - handlerMarginMs - this.#clock.now();
    void this.#clock.sleep(leftMs, settled.signal).then(async () => {
      if (settled.signal.aborted || this.#isWithHandler || this.#isOver) return;
      await this.#takeBack(new StoreBusyError('the invocation is about to end'), { keepsLease: true });
    });
    try {
      return await settle();
    } catch (error) {
      if (!this.#isOver) await this.#takeBack(error);
      throw error;
    } finally {
      settled.abort();
    }
  }

  /** If the store does not accept this write, the count stays one too high; see docs/adr/0012. */
  async #takeBack(error: unknown, terms?: Pick<ReleaseTerms, 'keepsLease'>): Promise<void> {
    const release = { change: -1, wasCounted: true, ...terms };
    const step = () => this.#lease.release(describe(error), release);
    // Two tries, even past the deadline, because the first one may conflict with the transaction that delays the
    // attempt.
    await step()
      .catch(step)
      .catch((cause: unknown) => {
        this.#task.warn(
          `The attempt of event ${this.#task.identity.eventId} stays counted, by no fault of its own`,
          cause,
        );
      });
  }
}
