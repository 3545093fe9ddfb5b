/** Messages of one group that an invocation gets, oldest first: when each arrived, in ms. */
export interface Taken {
  readonly group: number;
  readonly arrivals: readonly number[];
}

/**
 * What a FIFO queue does, as far as time goes: a group gives no more while messages of it are in flight, and the group
 * that has waited longest gives first.
 */
export class GroupedQueue {
  readonly #waiting = new Map<number, number[]>();
  readonly #inFlight = new Set<number>();
  /** Groups that may give, in the order in which they may; taken from `#next` on. */
  #ready: number[] = [];
  #next = 0;
  #size = 0;

  /** Messages that wait. */
  get size(): number {
    return this.#size;
  }

  get canGive(): boolean {
    return this.#next < this.#ready.length;
  }

  put(group: number, arrival: number): void {
    this.#size += 1;
    const waiting = this.#waiting.get(group);
    if (waiting !== undefined) {
      waiting.push(arrival);
      return;
    }
    this.#waiting.set(group, [arrival]);
    if (!this.#inFlight.has(group)) this.#ready.push(group);
  }

  /** A batch: up to so many messages, of as few groups as have them. */
  take(most: number): Taken[] {
    const batch: Taken[] = [];
    for (let left = most; left > 0 && this.canGive; ) {
      const group = this.#ready[this.#next] ?? 0;
      this.#next += 1;
      const waiting = this.#waiting.get(group) ?? [];
      const arrivals = waiting.splice(0, left);
      if (waiting.length === 0) this.#waiting.delete(group);
      this.#inFlight.add(group);
      this.#size -= arrivals.length;
      left -= arrivals.length;
      batch.push({ group, arrivals });
    }
    this.#forgetTaken();
    return batch;
  }

  /** The messages of a group that were in flight are deleted. */
  settle(group: number): void {
    this.#inFlight.delete(group);
    if (this.#waiting.has(group)) this.#ready.push(group);
  }

  #forgetTaken(): void {
    if (this.#next < 10_000) return;
    this.#ready = this.#ready.slice(this.#next);
    this.#next = 0;
  }
}
