/** In ms: a round trip or two to the store, and a little for the handler. */
const floor = 300;

/** What one slow message leaves for the next, when that was fast: a tenth less. */
const decay = 0.9;

/**
 * What a message has lately been seen to need, in this process: the longest, which fades as faster ones follow. No
 * result depends on it, only how much an invocation begins.
 */
export class TimeEstimate {
  #longest = 0;

  /** @param took In ms, from the begin of a message to its settlement. */
  saw(took: number): void {
    this.#longest = Math.max(took, this.#longest * decay);
  }

  /** What the longest needed, in ms. */
  get longest(): number {
    return Math.max(floor, this.#longest);
  }

  /**
   * What to have left before another message begins, in ms. Never more than half of what the invocation began with:
   * of two messages that need more than that only one fits, and the first one always begins.
   */
  within(invocation: number): number {
    return Math.max(floor, Math.min(this.#longest, invocation / 2));
  }
}
