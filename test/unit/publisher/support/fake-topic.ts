import { createHash } from 'node:crypto';
import type { Clock } from '../../../../contract/clock.ts';
import type { Random } from '../../../../contract/random.ts';
import { TopicError } from '../../../../publisher/errors.ts';
import type { Entry } from '../../../../publisher/topic/entry.ts';
import type { EntryResult, Topic } from '../../../../publisher/topic/topic.ts';

const deduplicationInterval = 5 * 60_000;

/** Attempts of one entry that chance may spoil; the publisher gives up after ten. */
const mostUnluckyAttempts = 8;

/** Shares; below 1, no entry meets so many that the publisher would give up. */
export interface Faults {
  /** Of the entries of a request that is answered with HTTP 200. */
  readonly entryFails?: number;
  readonly requestThrottled?: number;
  /** All of the request is accepted, and the publisher never learns. */
  readonly answerLost?: number;
}

export interface Arrival {
  readonly entry: Entry;
  readonly at: number;
}

/** A FIFO topic in memory that deduplicates per message group, fails at random, and checks how it is used. */
export class FakeTopic implements Topic {
  readonly arn = 'arn:aws:sns:eu-west-1:123456789012:orders.fifo';
  /** What subscribers get, in order. */
  readonly delivered: Arrival[] = [];
  /** What was accepted, duplicates included. */
  readonly accepted: Arrival[] = [];
  /** Every request, with the entries of all requests that were under way with it. */
  readonly requests: (readonly Entry[])[] = [];
  readonly violations: string[] = [];
  faults: Faults = {};
  /** Entries that the topic refuses for good. */
  refuses: (entry: Entry) => boolean = () => false;
  /** Entries that the topic refuses this time. */
  fails: (entry: Entry) => boolean = () => false;
  /** Runs before each request, which counts from 1. */
  beforeRequest: (request: number, entries: readonly Entry[]) => Promise<void> | void = () => {};
  mostAtOnce = 0;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #seen = new Map<string, number>();
  readonly #attempts = new WeakMap<Entry, number>();
  readonly #inFlight = new Set<readonly Entry[]>();

  constructor(clock: Clock, random: Random) {
    this.#clock = clock;
    this.#random = random;
  }

  async publishBatch(entries: readonly Entry[]): Promise<readonly EntryResult[]> {
    this.#inFlight.add(entries);
    this.requests.push(entries);
    this.#check(entries);
    for (const entry of entries) this.#attempts.set(entry, (this.#attempts.get(entry) ?? 0) + 1);
    try {
      await this.beforeRequest(this.requests.length, entries);
      await this.#clock.sleep(this.#random.next() * 50);
      if (this.#happens('requestThrottled', entries))
        throw new TopicError('Throttled', 'Rate exceeded', false);
      const results = entries.map((entry) => this.#publish(entry));
      await this.#clock.sleep(this.#random.next() * 50);
      if (this.#happens('answerLost', entries)) throw new TopicError('TimeoutError', 'no answer', false);
      return results;
    } finally {
      this.#inFlight.delete(entries);
    }
  }

  /** The process that sent them is gone. */
  forgetRequests(): void {
    this.#inFlight.clear();
  }

  /** Bodies as subscribers get them, by message group. */
  deliveredByGroup(): Record<string, string[]> {
    return byGroup(this.delivered.map(({ entry }) => entry));
  }

  #publish(entry: Entry): EntryResult {
    if (this.refuses(entry)) return new TopicError('InvalidParameter', 'refused', true);
    if (this.fails(entry) || this.#happens('entryFails', [entry]))
      return new TopicError('InternalError', 'try again', false);
    const now = this.#clock.now();
    const id = entry.deduplicationId ?? createHash('sha256').update(entry.body).digest('hex');
    const scoped = JSON.stringify([entry.messageGroup, id]);
    this.accepted.push({ entry, at: now });
    if (now - (this.#seen.get(scoped) ?? -Infinity) >= deduplicationInterval) {
      this.#seen.set(scoped, now);
      this.delivered.push({ entry, at: now });
    }
    return 'accepted';
  }

  #happens(fault: keyof Faults, entries: readonly Entry[]): boolean {
    const rate = this.faults[fault] ?? 0;
    const spared = entries.some((entry) => (this.#attempts.get(entry) ?? 0) > mostUnluckyAttempts);
    return this.#random.next() < rate && (rate === 1 || !spared);
  }

  #check(entries: readonly Entry[]): void {
    const groups = [...this.#inFlight].flat().map(({ messageGroup }) => messageGroup);
    if (new Set(groups).size < groups.length) this.violations.push(`a group twice in flight: ${groups}`);
    if (entries.length < 1 || entries.length > 10) this.violations.push(`${entries.length} entries`);
    const bytes = entries.reduce((sum, entry) => sum + bytesOf(entry), 0);
    if (bytes > 262_144) this.violations.push(`${bytes} bytes`);
    this.mostAtOnce = Math.max(this.mostAtOnce, this.#inFlight.size);
    if (this.#inFlight.size > 8) this.violations.push(`${this.#inFlight.size} requests at once`);
  }
}

function bytesOf({ body, firstPublished }: Entry): number {
  const attribute = firstPublished === undefined ? '' : `first-publishedNumber${firstPublished}`;
  return new TextEncoder().encode(body + attribute).length;
}

/** Bodies in their order, by message group. */
export function byGroup(entries: readonly Entry[]): Record<string, string[]> {
  const groups: Record<string, string[]> = {};
  for (const { messageGroup, body } of entries) {
    groups[messageGroup] ??= [];
    groups[messageGroup].push(body);
  }
  return groups;
}
