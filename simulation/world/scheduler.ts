import type { Prng } from './prng.ts';

/** Something that happens at a time of the virtual clock. */
export interface Step {
  readonly time: number;
  readonly run: () => void;
  cancelled: boolean;
}

interface Place extends Step {
  /** Random number that orders the steps of one millisecond. */
  readonly tie: number;
  readonly order: number;
}

/** Taken before a run replaces it. */
const { setImmediate: nextTurn } = globalThis;

/**
 * The virtual clock and its pending steps. One step runs at a time, and the next one only after all consequences of the
 * last one: Node's event loop enters the phase of `setImmediate` after all microtasks and ticks, and code in a run
 * waits only for steps. So a run depends only on the order of its steps, which is drawn from the seed.
 */
export class Scheduler {
  /** Milliseconds since the epoch. */
  now: number;
  /** Number of steps that were run. */
  steps = 0;
  readonly #random: Prng;
  /** A binary heap, the next step first. */
  readonly #heap: Place[] = [];
  #made = 0;

  constructor(start: number, random: Prng) {
    this.now = start;
    this.#random = random;
  }

  at(time: number, run: () => void): Step {
    const order = this.#made++;
    const place = { time: Math.max(time, this.now), run, cancelled: false, tie: this.#random.next(), order };
    this.#push(place);
    return place;
  }

  after(ms: number, run: () => void): Step {
    return this.at(this.now + ms, run);
  }

  /** Runs all steps, or those before `until`; the clock then shows `until`. */
  async run(until = Number.POSITIVE_INFINITY): Promise<void> {
    for (;;) {
      let next = this.#dueBefore(until);
      if (next === undefined) {
        // Code that was started outside of a step needs some turns before it waits for a step.
        await settled();
        next = this.#dueBefore(until);
      }
      if (next === undefined) break;
      this.#pop();
      if (next.cancelled) continue;
      this.now = next.time;
      this.steps += 1;
      next.run();
      await settled();
    }
    if (Number.isFinite(until)) this.now = Math.max(this.now, until);
  }

  #dueBefore(until: number): Place | undefined {
    const next = this.#heap[0];
    return next === undefined || next.time > until ? undefined : next;
  }

  #push(place: Place): void {
    const heap = this.#heap;
    let index = heap.length;
    heap.push(place);
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (isBefore(heap[parent] as Place, place)) break;
      heap[index] = heap[parent] as Place;
      index = parent;
    }
    heap[index] = place;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop() as Place;
    if (heap.length === 0) return;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1] as Place, heap[child] as Place)) child += 1;
      if (isBefore(last, heap[child] as Place)) break;
      heap[index] = heap[child] as Place;
      index = child;
    }
    heap[index] = last;
  }
}

function isBefore(a: Place, b: Place): boolean {
  if (a.time !== b.time) return a.time < b.time;
  return a.tie === b.tie ? a.order < b.order : a.tie < b.tie;
}

function settled(): Promise<void> {
  return new Promise((resolve) => nextTurn(resolve));
}
