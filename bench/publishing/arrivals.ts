/** What reached a topic. */
export interface Arrived {
  readonly requests: number;
  /** Entries that the topic accepted. */
  readonly accepted: number;
  /** Of these: those that were overtaken by a later one of their group. */
  readonly late: number;
  /** Groups with one of those. */
  readonly disorderedGroups: number;
}

/** Keeps the order of each group in view, by the numbers that its events have. */
export class Arrivals {
  requests = 0;
  #accepted = 0;
  #late = 0;
  /** The highest number of each group. */
  readonly #highest = new Map<string, number>();
  readonly #disordered = new Set<string>();

  accept(group: string, number: number): void {
    this.#accepted += 1;
    if (number > (this.#highest.get(group) ?? 0)) {
      this.#highest.set(group, number);
    } else {
      this.#late += 1;
      this.#disordered.add(group);
    }
  }

  get counts(): Arrived {
    return {
      requests: this.requests,
      accepted: this.#accepted,
      late: this.#late,
      disorderedGroups: this.#disordered.size,
    };
  }
}
