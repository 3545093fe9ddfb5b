import type { Clock } from '../../contract/clock.ts';

/** One timeout for several waits. */
export class Patience {
  readonly #clock: Clock;
  readonly #end: number;
  readonly #ended = new AbortController();
  readonly #over: Promise<undefined>;

  /** @param ms Length of the timeout, from now. */
  constructor(ms: number, clock: Clock) {
    this.#clock = clock;
    this.#end = clock.now() + ms;
    this.#over = clock.sleep(ms, this.#ended.signal).then(() => undefined);
  }

  /** Compares the clock, because a handler that computes without a pause finishes before any timer fires. */
  get isOver(): boolean {
    return this.#clock.now() >= this.#end;
  }

  /** @returns `undefined` if the timeout ends first. The work continues. */
  async waitFor<Result>(work: Promise<Result>): Promise<Result | undefined> {
    return await Promise.race([work, this.#over]);
  }

  /** Clears the timer. */
  end(): void {
    this.#ended.abort();
  }
}
