/** Time for one or two round trips to the store, and a little for the handler. */
const minimumEstimateMs = 300;

/** Decay for each faster message: the estimate shrinks by a tenth. */
const decay = 0.9;

/**
 * Estimates the time of a message in this process: the longest recent time, which shrinks with each faster message. It
 * only decides how many messages an invocation starts, never a result.
 */
export class TimeEstimate {
  #longestMs = 0;

  /** @param tookMs Time from the start of a message to its settlement. */
  saw(tookMs: number): void {
    this.#longestMs = Math.max(tookMs, this.#longestMs * decay);
  }

  /**
   * Maximum number of messages of a group that may start together: 0, 1 or more. Messages that are committed together
   * start all of their handlers, so they need twice the time. A message needs at most half of the time that the
   * invocation started with, so that the first message always starts.
   */
  mostToStart({ leftMs, workBudgetMs, leavingHalf }: Remaining): number {
    const longestMs = Math.max(minimumEstimateMs, this.#longestMs);
    const neededMs = Math.max(minimumEstimateMs, Math.min(this.#longestMs, workBudgetMs / 2));
    if (leftMs < (leavingHalf ? workBudgetMs / 2 + longestMs : neededMs)) return 0;
    return leftMs < 2 * neededMs ? 1 : Number.POSITIVE_INFINITY;
  }
}

/** The time of an invocation in which messages may start. */
interface Remaining {
  readonly leftMs: number;
  /** What `leftMs` was at the start of the invocation. */
  readonly workBudgetMs: number;
  /** Whether half of `workBudgetMs` must be left for suspects. */
  readonly leavingHalf: boolean;
}
