import type { Clock } from '../../../contract/clock.ts';

/** Some time to wait for several things, together. */
export class Patience {
  readonly #clock: Clock;
  readonly #end: number;
  readonly #ended = new AbortController();
  readonly #over: Promise<undefined>;

  /** @param ms How long it lasts, from now on. */
  constructor(ms: number, clock: Clock) {
    this.#clock = clock;
    this.#end = clock.now() + ms;
    this.#over = clock.sleep(ms, this.#ended.signal).then(() => undefined);
  }

  /** By the clock: what computes without a pause is done before any timer. */
  get isOver(): boolean {
    return this.#clock.now() >= this.#end;
  }

  /** @returns `undefined` where it is over first; the work goes on. */
  async waitFor<Result>(work: Promise<Result>): Promise<Result | undefined> {
    return await Promise.race([work, this.#over]);
  }

  /** Leaves no timer behind. */
  end(): void {
    this.#ended.abort();
  }
}
