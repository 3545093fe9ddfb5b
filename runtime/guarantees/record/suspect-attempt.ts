import type { Clock } from '../../../contract/clock.ts';
import { describe, NeverEndedError, StoreBusyError } from '../../handler/errors.ts';
import type { ReleaseTerms } from '../../ports/record-store.ts';
import type { Job } from '../guarantee.ts';
import { handlerMargin } from '../guarantee.ts';
import type { DeliveryAttempt, OwnerWrite } from './delivery-attempt.ts';
import { type AttemptEnd, Lease } from './lease.ts';

/**
 * An attempt that is counted before its handler begins, since nothing is counted after one that ends its process. What
 * stays counted is blamed on the event, so whatever else ends the attempt has to take the count back.
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
   * RETRYING: the attempt is over. Its count stays if it `failed`. If that is held up until the count is taken back, a lease
   * ends as one that was never counted.
   */
  async end(reason: string, end: AttemptEnd): Promise<OwnerWrite> {
    const { failed, forgets = 0 } = end;
    const change = (failed ? 0 : -1) - forgets;
    const ended = await this.#lease.release(reason, {
      change,
      wasCounted: true,
      ...(failed && { state: 'FAILED' as const }),
    });
    const { ownerToken, status } = (!ended.held && ended.record) || {};
    const isTakenBack = ownerToken === this.#token && status === 'INPROGRESS';
    const written = isTakenBack ? await this.#lease.end(reason, end) : ended;
    this.#isOver = true;
    return written;
  }

  /** RETRYING: its handler is not begun. The count stays, even if this cannot be written. */
  async leave(): Promise<OwnerWrite> {
    this.#isOver = true;
    return await leaveUnstarted(this.#lease, { wasCounted: true });
  }

  /** The handler, watched. */
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
   * Counts, runs and settles the attempt. The count is taken back where that throws, and shortly before the deadline where the
   * handler is not at work: a store that does not answer may hold the attempt up until its process is ended. It may be
   * asked for in vain, or twice: only a count that stands is taken back.
   */
  async run<Result>(settle: () => Promise<Result>): Promise<Result> {
    const settled = new AbortController();
    const left = this.#task.deadline - handlerMargin - this.#clock.now();
    void this.#clock.sleep(left, settled.signal).then(async () => {
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

  /** A store that does not take it leaves the count one too high; see docs/adr/0012. */
  async #takeBack(error: unknown, terms?: Pick<ReleaseTerms, 'keepsLease'>): Promise<void> {
    const release = { change: -1, wasCounted: true, ...terms };
    const step = () => this.#lease.release(describe(error), release);
    // Twice, even past the deadline: the first may meet the very transaction that holds the attempt up.
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

/**
 * RETRYING, and STARTED: the handler is not begun, since attempts before it never ended. It counts all the same, and stays
 * STARTED: if the copy to the dead-letter queue fails, the handler must not begin on the next delivery either.
 *
 * @param wasCounted Whether its claim counted it.
 */
export async function leaveUnstarted(
  lease: Lease,
  { wasCounted }: { readonly wasCounted: boolean },
): Promise<OwnerWrite> {
  const change = wasCounted ? 0 : 1;
  return await lease.release(describe(new NeverEndedError()), { change, wasCounted, state: 'STARTED' });
}
