import { setImmediate as turn } from 'node:timers/promises';

interface Held {
  readonly until: number;
  readonly release: () => void;
}

/** Turns of the event loop in which nothing new began: what could go on without an answer has gone on. */
const idleTurns = 5;

/**
 * Lets each request take the same time on a clock of its own, however long it takes here. An answer is held back until
 * nothing is at work any more that could begin another request before it; then the clock goes on to it. So the time of a
 * batch is that of its longest chain of requests, the same on every machine.
 */
export class VirtualLatency {
  readonly #each: number;
  readonly #held: Held[] = [];
  #underWay = 0;
  #isReleasing = false;
  #now = 0;

  /** @param each Of a request, in ms. */
  constructor(each: number) {
    this.#each = each;
  }

  /** In ms since the beginning. */
  get now(): number {
    return this.#now;
  }

  async during<T>(request: () => Promise<T>): Promise<T> {
    const until = this.#now + this.#each;
    this.#underWay += 1;
    try {
      return await request();
    } finally {
      this.#underWay -= 1;
      await new Promise<void>((release) => {
        this.#held.push({ until, release });
        void this.#release();
      });
    }
  }

  async #release(): Promise<void> {
    if (this.#isReleasing) return;
    this.#isReleasing = true;
    while (this.#held.length > 0 && (await this.#isIdle())) {
      const next = Math.min(...this.#held.map(({ until }) => until));
      this.#now = next;
      const due = this.#held.filter(({ until }) => until === next);
      this.#held.splice(0, this.#held.length, ...this.#held.filter(({ until }) => until > next));
      for (const { release } of due) release();
    }
    this.#isReleasing = false;
  }

  /** A request that is under way ends with another call of `#release`. */
  async #isIdle(): Promise<boolean> {
    for (let n = 0; n < idleTurns; n++) {
      await turn();
      if (this.#underWay > 0) return false;
    }
    return true;
  }
}
