import type { Clock } from '../contract/clock.ts';

/**
 * A clock that a test moves by hand. A `sleep` without a signal moves it too, so nothing waits in real time. A `sleep`
 * with a signal waits until something else has moved the clock.
 *
 *   clock.time += 3_600_000;
 */
export class ManualClock implements Clock {
  /** The milliseconds of each sleep without a signal. */
  readonly slept: number[] = [];
  readonly #waiting = new Map<() => void, number>();
  #time: number;

  /** @param time Milliseconds since the epoch. */
  constructor(time = 1_700_000_000_000) {
    this.#time = time;
  }

  /** Milliseconds since the epoch. */
  get time(): number {
    return this.#time;
  }

  set time(time: number) {
    this.#time = time;
    for (const [wake, end] of this.#waiting) if (end <= time) wake();
  }

  /** Number of pending sleeps. */
  get waiting(): number {
    return this.#waiting.size;
  }

  now(): number {
    return this.time;
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal !== undefined) return await this.#wait(this.time + ms, signal);
    this.slept.push(ms);
    this.time += ms;
  }

  #wait(end: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = () => {
        this.#waiting.delete(wake);
        resolve();
      };
      this.#waiting.set(wake, end);
      signal.addEventListener('abort', wake);
    });
  }
}
