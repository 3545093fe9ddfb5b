import type { Entry } from '../topic/entry.ts';
import { maxBatchEntries, maxReadAhead } from '../topic/limits.ts';

/** An entry that was read and that the topic has not accepted yet. */
export interface Pending<E extends Entry> {
  readonly entry: E;
  readonly bytes: number;
  /** Position in the source. */
  readonly place: number;
  /** How often it was sent. */
  attempts: number;
}

/**
 * Entries that were read and are not accepted yet, in order within each message group.
 *
 * Only the head of a group is sent, and it stays the head until the topic has accepted it. SNS may refuse one entry of a
 * batch and accept the next one, which would then overtake it.
 */
export class Backlog<E extends Entry> {
  /** Each group's entries, head first. */
  readonly #groups = new Map<string, Pending<E>[]>();
  /**
   * Heads that are neither being sent nor waiting for a retry, in the source's order. A long group does not wait behind
   * short ones, and early lines are accepted soon, so that a journal advances.
   */
  readonly #ready: Pending<E>[] = [];
  readonly #maxBatchBytes: number;
  #places = 0;
  #entries = 0;
  #bytes = 0;

  /** @param maxBatchBytes Bytes of a request. */
  constructor(maxBatchBytes: number) {
    this.#maxBatchBytes = maxBatchBytes;
  }

  get isEmpty(): boolean {
    return this.#entries === 0;
  }

  get hasRoom(): boolean {
    return this.#entries < maxReadAhead.entries && this.#bytes < maxReadAhead.bytes;
  }

  add(entry: E, bytes: number): void {
    const pending = { entry, bytes, place: this.#places, attempts: 0 };
    this.#places += 1;
    this.#entries += 1;
    this.#bytes += bytes;
    const group = this.#groups.get(entry.messageGroup);
    if (group !== undefined) {
      group.push(pending);
    } else {
      this.#groups.set(entry.messageGroup, [pending]);
      this.#makeReady(pending);
    }
  }

  /**
   * Takes the entries of the next request.
   *
   * @param partial Whether to take the available entries. Otherwise nothing is taken until they fill a request.
   */
  takeBatch(partial: boolean): Pending<E>[] {
    let bytes = 0;
    let count = 0;
    for (const pending of this.#ready) {
      bytes += pending.bytes;
      if (count === maxBatchEntries || bytes > this.#maxBatchBytes) break;
      count += 1;
    }
    const full = count === maxBatchEntries || count < this.#ready.length;
    return full || partial ? this.#ready.splice(0, count) : [];
  }

  /** The topic accepted the entry: the next entry of its group can be sent. */
  accept({ entry: { messageGroup }, bytes }: Pending<E>): void {
    this.#entries -= 1;
    this.#bytes -= bytes;
    const group = this.#groups.get(messageGroup) ?? [];
    group.shift();
    const [head] = group;
    if (head !== undefined) this.#makeReady(head);
    else this.#groups.delete(messageGroup);
  }

  /** The entry, still the head of its group, can be sent again. */
  retry(pending: Pending<E>): void {
    this.#makeReady(pending);
  }

  #makeReady(pending: Pending<E>): void {
    const index = this.#ready.findLastIndex(({ place }) => place < pending.place);
    this.#ready.splice(index + 1, 0, pending);
  }
}
