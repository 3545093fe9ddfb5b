import { setImmediate as turn } from 'node:timers/promises';

interface Held {
  readonly until: number;
  readonly release: () => void;
}

/**
 * After this many turns of the event loop without a new request, all code that can run without another answer has run.
 */
const idleTurns = 5;

/**
 * A virtual clock on which each request takes the same time, however long it really takes. It holds each answer back
 * until no running code can start another request. Then it advances to the time of the next answer and releases it. So
 * the time of a batch is the time of its longest chain of requests, and it is the same on every machine.
 */
export class VirtualLatency {
  readonly #each: number;
  readonly #held: Held[] = [];
  #underWay = 0;
  #isReleasing = false;
  #now = 0;

  /** @param each Time of a request, in ms. */
  constructor(each: number) {
    this.#each = each;
  }

  /** Milliseconds since the start of this clock. */
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

  /** Whether no code can run without another answer. A request that is under way calls `#release` when it ends. */
  async #isIdle(): Promise<boolean> {
    for (let n = 0; n < idleTurns; n++) {
      await turn();
      if (this.#underWay > 0) return false;
    }
    return true;
  }
}
