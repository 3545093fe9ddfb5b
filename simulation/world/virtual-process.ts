import type { Clock } from '../../contract/clock.ts';
import type { FaultKind } from './faults.ts';
import { Prng } from './prng.ts';
import type { World } from './world.ts';

/** The events that a call is about; each call has its own. */
export interface About {
  readonly keys: readonly string[];
  /** Whether the called system is external: a provider, not a store. */
  readonly isOutside?: boolean;
  /** Faults of this call that cannot make an outcome unknown. */
  readonly harmless?: readonly FaultKind[] | undefined;
}

/** The results of a call with a fault; each may throw. */
export interface Spoiled<Answer> {
  /** No answer in time: the call may have taken effect. */
  lost(): Answer;
  /** Refused for now: nothing happened. */
  throttled?(): Answer;
  /** A conflicting transaction: nothing happened. */
  conflicting?(): Answer;
  /** Refused for longer than this invocation lasts: nothing happened. */
  refused?(): Answer;
}

/** How long a client waits for an answer, in ms: two tries of the SDK. */
const requestTimeout = [3000, 7000] as const;

/** Longest delay after which an abandoned request takes effect, in ms. */
const longestDelay = 60_000;

/** Longest freezes of a process, in ms: within its invocation, for about a lease, and for long. */
const stalls = [8000, 120_000, 600_000] as const;

/**
 * A simulated process with its own, possibly wrong clock. It can die or freeze at every call. A pending answer then
 * never arrives, or arrives when the process continues.
 */
export class VirtualProcess {
  readonly name: string;
  readonly random: Prng;
  readonly clock: Clock;
  /** How far the process's clock is ahead, in ms. */
  readonly skew: number;
  readonly #world: World;
  #alive = true;
  #frozen = false;
  #stalled = false;
  /** The subjects of its pending calls; two calls can be about one event. */
  readonly #inHand = new Set<About>();
  /** Callbacks that wait until the process continues. */
  #waiting: (() => void)[] = [];
  /** Called when the process ends. */
  onEnd: (why: string) => void = () => {};

  constructor(world: World, name: string, skew = 0) {
    this.#world = world;
    this.name = name;
    this.skew = skew;
    this.random = new Prng(world.seed, name);
    this.clock = {
      now: () => world.now + skew,
      sleep: (ms, signal) => this.#sleep(ms, signal),
    };
  }

  get isAlive(): boolean {
    return this.#alive;
  }

  get isStalled(): boolean {
    return this.#stalled;
  }

  /**
   * Calls something outside of the process, in three steps: the request travels, takes effect, and the answer travels.
   * Other processes act in between, and this process may end or freeze at each step.
   *
   * @param effect Executes the call synchronously.
   * @param about The events of the call. A fault of the call may make their outcomes unknown.
   */
  call<Answer>(
    label: string,
    effect: () => Answer | Promise<Answer>,
    spoiled: Spoiled<Answer>,
    about?: About,
  ): Promise<Answer> {
    return new Promise<Answer>((resolve, reject) => {
      // A parser can end the process in the middle of synchronous code, the rest of which still runs here.
      if (!this.#alive) return;
      const world = this.#world;
      const keys = about?.keys ?? [];
      const excuse = (kind: FaultKind) => {
        for (const key of keys) world.excuse(key, kind);
      };
      if (about !== undefined) this.#inHand.add(about);
      const { scheduler } = world;
      const strikes = (kind: FaultKind) => {
        if (!world.faults.strikes(kind, label)) return false;
        if (!about?.harmless?.includes(kind)) excuse(kind);
        return true;
      };
      const answerAfter = (ms: number, answer: () => Answer | Promise<Answer>, text: string) => {
        scheduler.after(ms, () =>
          this.#resume(() => {
            world.note(this.name, text);
            if (about !== undefined) this.#inHand.delete(about);
            try {
              resolve(answer());
            } catch (error) {
              reject(error as Error);
            }
          }),
        );
      };
      const timedOut = () => world.chance.between(...requestTimeout);

      let isLate = false;
      const arrive = () => {
        // The request was sent before its process ended; half of such requests arrive.
        if (!this.#alive && !world.chance.chance(0.5)) return;
        if (this.#alive && strikes('crash before')) return this.end(`dies before ${label}`);
        if (about !== undefined && world.isAway(about.isOutside === true)) {
          world.faults.count('outage');
          if (about.harmless === undefined) excuse('outage');
          return answerAfter(timedOut(), spoiled.lost, `${label}: away`);
        }
        if (strikes('lost request')) {
          return answerAfter(timedOut(), spoiled.lost, `${label}: lost, and so was not done`);
        }
        if (spoiled.throttled && strikes('throttle')) {
          return answerAfter(world.latency(), spoiled.throttled, `${label}: throttled`);
        }
        if (spoiled.conflicting && strikes('transaction conflict')) {
          return answerAfter(world.latency(), spoiled.conflicting, `${label}: in conflict`);
        }
        if (spoiled.refused && strikes('refused request')) {
          return answerAfter(world.latency(), spoiled.refused, `${label}: refused`);
        }
        let answer: Answer | Promise<Answer> | undefined;
        let thrown: { readonly error: unknown } | undefined;
        try {
          answer = effect();
        } catch (error) {
          thrown = { error };
        }
        // The promise may reject before it is awaited, and is never awaited if the process ends.
        if (answer instanceof Promise) answer.catch(() => {});
        world.note(this.name, label);
        if (!this.#alive || isLate) return;
        if (strikes('crash after')) return this.end(`dies after ${label}`);
        if (strikes('lost reply')) {
          return answerAfter(timedOut(), spoiled.lost, `${label}: done, and its answer lost`);
        }
        if (strikes('stall after')) this.stall();
        answerAfter(
          world.latency(),
          () => {
            if (thrown !== undefined) throw thrown.error;
            return answer as Answer | Promise<Answer>;
          },
          `${label}: answered`,
        );
      };

      const send = () => {
        if (strikes('late request')) {
          isLate = true;
          // If the caller has tried again and ended, this effect counts as an attempt of no delivery.
          for (const key of keys) world.interrupt(key);
          answerAfter(timedOut(), spoiled.lost, `${label}: no answer yet`);
          scheduler.after(world.chance.below(longestDelay), arrive);
        } else scheduler.after(world.latency(), arrive);
      };
      if (strikes('stall before')) {
        this.stall();
        this.#waiting.push(send);
      } else send();
    });
  }

  /**
   * Does something on its own machine, for example on a file. The effect is immediate, and the process may end before
   * or after it.
   */
  async local<Answer>(label: string, effect: () => Answer): Promise<Answer> {
    const { faults, scheduler } = this.#world;
    if (faults.strikes('crash before', label)) this.end(`dies before ${label}`);
    const answer = this.#alive ? effect() : undefined;
    if (faults.strikes('crash after', label)) this.end(`dies after ${label}`);
    return await new Promise((resolve) => {
      scheduler.after(1, () => this.#resume(() => resolve(answer as Answer)));
    });
  }

  /**
   * Ends the process, like SIGKILL.
   * @param culprit Idempotency key of the event that ended it; absent if no event did.
   */
  end(why: string, culprit?: string): void {
    if (!this.#alive) return;
    this.excuseAll(culprit);
    this.#alive = false;
    this.#waiting = [];
    this.#world.note(this.name, why);
    this.onEnd(why);
  }

  /**
   * The events of its pending calls may have unknown outcomes and unfinished attempts from now on, because of the
   * culprit or of no event.
   */
  excuseAll(culprit?: string): void {
    for (const key of new Set([...this.#inHand].flatMap(({ keys }) => keys))) {
      this.#world.excuse(key, 'process ended');
      if (culprit === undefined) this.#world.interrupt(key);
    }
  }

  /** Freezes the process, like a function between invocations. */
  freeze(): void {
    this.#frozen = true;
  }

  /** Resumes the process. @returns Number of callbacks that had waited. */
  thaw(): number {
    this.#frozen = false;
    return this.#goOn();
  }

  /** Freezes the process for a time, shorter or longer than a lease. */
  stall(): void {
    if (this.#stalled) return;
    const { chance, scheduler } = this.#world;
    const ms = chance.below(chance.pick(stalls));
    this.#world.note(this.name, `stalls for ${ms} ms`);
    this.#stalled = true;
    this.excuseAll();
    scheduler.after(ms, () => {
      this.#stalled = false;
      this.#goOn();
    });
  }

  #goOn(): number {
    if (this.#frozen || this.#stalled) return 0;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resume of waiting) this.#world.scheduler.after(0, () => this.#resume(resume));
    return waiting.length;
  }

  #resume(go: () => void): void {
    if (!this.#alive) return;
    if (this.#frozen || this.#stalled) this.#waiting.push(go);
    else go();
  }

  #sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const step = this.#world.scheduler.after(Math.max(0, ms), () => this.#resume(resolve));
      signal?.addEventListener(
        'abort',
        () => {
          step.cancelled = true;
          resolve();
        },
        { once: true },
      );
    });
  }
}
