/** The requests that reached a topic. */
export interface Arrived {
  readonly requests: number;
  /** Entries that the topic accepted. */
  readonly accepted: number;
  /** Accepted entries that a later entry of their group overtook. */
  readonly late: number;
  /** Groups with an overtaken entry. */
  readonly disorderedGroups: number;
}

/** Checks the order of each group by the sequence numbers of its events. */
export class Arrivals {
  requests = 0;
  #accepted = 0;
  #late = 0;
  /** The highest sequence number of each group. */
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
