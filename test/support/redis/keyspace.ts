/** A hash, and when it expires: milliseconds since the epoch. */
interface Entry {
  readonly fields: Map<string, string>;
  expiresAt: number | undefined;
}

/** The keys of a Redis, all of them hashes. What has expired is there for nobody: it counts to the end of its millisecond. */
export class Keyspace {
  readonly #entries = new Map<string, Entry>();
  readonly #now: () => number;

  /** @param now Milliseconds since the epoch. */
  constructor(now: () => number) {
    this.#now = now;
  }

  get now(): number {
    return this.#now();
  }

  get keys(): string[] {
    return [...this.#entries.keys()].filter((key) => this.find(key) !== undefined);
  }

  find(key: string): Entry | undefined {
    const entry = this.#entries.get(key);
    if (entry?.expiresAt === undefined || entry.expiresAt >= this.now) return entry;
    this.#entries.delete(key);
    return undefined;
  }

  /** The hash under a key; a new one where there is none. */
  hash(key: string): Entry {
    const entry = this.find(key) ?? { fields: new Map(), expiresAt: undefined };
    this.#entries.set(key, entry);
    return entry;
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }
}
