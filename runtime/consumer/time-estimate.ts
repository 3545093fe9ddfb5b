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

  /** The longest recent time. */
  get longestMs(): number {
    return Math.max(minimumEstimateMs, this.#longestMs);
  }

  /**
   * The time that must be left before another message starts. At most half of the time that the invocation started
   * with, so that the first message always starts.
   */
  withinMs(workBudgetMs: number): number {
    return Math.max(minimumEstimateMs, Math.min(this.#longestMs, workBudgetMs / 2));
  }
}
