/** A round trip or two to the store, and a little for the handler. */
const minimumEstimateMs = 300;

/** Decay for each faster message: the estimate shrinks by a tenth. */
const decay = 0.9;

/**
 * How long the messages of this process have lately taken: the longest time, which fades as faster messages follow. No
 * result depends on it, only how much an invocation begins.
 */
export class TimeEstimate {
  #longestMs = 0;

  /** @param tookMs From the begin of a message to its settlement. */
  saw(tookMs: number): void {
    this.#longestMs = Math.max(tookMs, this.#longestMs * decay);
  }

  /** What the longest needed. */
  get longestMs(): number {
    return Math.max(minimumEstimateMs, this.#longestMs);
  }

  /**
   * What has to be left before another message begins. Never more than half of what the invocation began with: of two
   * messages that need more than that only one fits, and the first one always begins.
   */
  withinMs(workBudgetMs: number): number {
    return Math.max(minimumEstimateMs, Math.min(this.#longestMs, workBudgetMs / 2));
  }
}
