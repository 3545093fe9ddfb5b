/** The messages of one group in a batch. */
export interface Taken {
  readonly group: number;
  /** Arrival time of each message in ms, the oldest first. */
  readonly arrivals: readonly number[];
}

/**
 * Models the timing of a FIFO queue. A group delivers nothing while its messages are in flight. The group that has
 * waited longest delivers first.
 */
export class GroupedQueue {
  readonly #waiting = new Map<number, number[]>();
  readonly #inFlight = new Set<number>();
  /** Groups that may deliver, in order. Those before `#next` are taken already. */
  #ready: number[] = [];
  #next = 0;
  #size = 0;

  /** Number of waiting messages. */
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

  /** Takes a batch of at most `most` messages, from as few groups as possible. */
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

  /** Deletes the messages of a group that are in flight. */
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
