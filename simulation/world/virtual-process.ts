import type { Clock } from '../../contract/clock.ts';
import type { FaultKind } from './faults.ts';
import { Prng } from './prng.ts';
import type { World } from './world.ts';

/** The events that a call is about; each call has its own. */
export interface About {
  readonly keys: readonly string[];
  /** Whether a system is called that is not the project's: a provider, not a store. */
  readonly isOutside?: boolean;
  /** Faults of this call that leave nothing unknown. */
  readonly harmless?: readonly FaultKind[] | undefined;
}

/** What a caller gets of a call that does not go well; both may throw. */
export interface Spoiled<Answer> {
  /** No answer came in time: whether the call did anything is not known. */
  lost(): Answer;
  /** Refused for now: nothing happened. */
  throttled?(): Answer;
  /** Another transaction was in the way: nothing happened. */
  conflicting?(): Answer;
  /** Refused for longer than this invocation lasts: nothing happened. */
  refused?(): Answer;
}

/** How long a client waits for an answer, in ms: two tries of the SDK. */
const requestTimeout = [3000, 7000] as const;

/** How late a request may take effect that its caller has given up, in ms. */
const longestDelay = 60_000;

/** How long a process stands still at most, in ms: inside of its invocation, for about a lease, for long. */
const stalls = [8000, 120_000, 600_000] as const;

/**
 * A process of its own: it has a clock that may be off, and it can die or stop at every call. What it waits for then
 * never comes, or comes when it goes on.
 */
export class VirtualProcess {
  readonly name: string;
  readonly random: Prng;
  readonly clock: Clock;
  /** How far its clock is ahead, in ms. */
  readonly skew: number;
  readonly #world: World;
  #alive = true;
  #frozen = false;
  #stalled = false;
  /** What its calls under way are about, call by call: two may be about one event. */
  readonly #inHand = new Set<About>();
  /** What waits for it to go on. */
  #waiting: (() => void)[] = [];
  /** Is told that it ended. */
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
   * Calls something outside of the process. The call is on its way, has its effect, and its answer is on its way: other
   * processes act in between, and each of the three may be where this one ends or stops.
   *
   * @param effect What the call does; it must be done when it returns.
   * @param about The events that the call is about, where it is about any: whatever befalls the call may leave the outcome
   *   of each unknown.
   */
  call<Answer>(
    label: string,
    effect: () => Answer | Promise<Answer>,
    spoiled: Spoiled<Answer>,
    about?: About,
  ): Promise<Answer> {
    return new Promise<Answer>((resolve, reject) => {
      // A parser ends it in the middle of what is synchronous, and the rest of that goes on here.
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
        // It left before its process ended; half of those get through.
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
        // It may reject before anybody waits for it, and nobody ever does where the process ends.
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
          // Once its caller has tried again, and is over, it counts as an attempt that nobody makes.
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
   * Does something on its own machine, a file for instance: what is done is done at once, and only the process may end
   * before or after it.
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
   * It ends, as by SIGKILL: nothing of it goes on.
   * @param culprit The idempotency key of the event that ended it; absent where none did.
   */
  end(why: string, culprit?: string): void {
    if (!this.#alive) return;
    this.excuseAll(culprit);
    this.#alive = false;
    this.#waiting = [];
    this.#world.note(this.name, why);
    this.onEnd(why);
  }

  /** What it has in hand may be unclear from now on, and its attempt never ended: by the culprit's fault, or nobody's. */
  excuseAll(culprit?: string): void {
    for (const key of new Set([...this.#inHand].flatMap(({ keys }) => keys))) {
      this.#world.excuse(key, 'process ended');
      if (culprit === undefined) this.#world.interrupt(key);
    }
  }

  /** It stops, as a function does between invocations. */
  freeze(): void {
    this.#frozen = true;
  }

  /** It goes on. @returns How many things had waited for that. */
  thaw(): number {
    this.#frozen = false;
    return this.#goOn();
  }

  /** It stops for a while, short or past any lease, and does not know. */
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
