import { canonicalJson } from '../../contract/event/canonical-json.ts';
import { sha256 } from '../../contract/event/identity.ts';
import type { OrderEvent } from '../../contract/orders/order-event.ts';
import type { ConsumerName } from '../actors/parts.ts';
import { keyedSource, recordKey, retryOf } from './record-key.ts';

/**
 * The expected end of a run: every consumer applied every event once, and all other messages are in its dead-letter
 * queue.
 */
export class Expectation {
  readonly events: readonly OrderEvent[];
  readonly consumers: readonly ConsumerName[];
  /** By consumer and group: idempotency keys in order. */
  readonly order = new Map<string, string[]>();
  /** By consumer: bodies in its queue that are not events of the plan. */
  readonly strangers = new Map<string, Set<string>>();
  readonly copies = new Set<OrderEvent>();
  /** Bodies of events that something else applied before the history of the consumers. */
  readonly earlier = new Set<string>();
  readonly #again = new Set<OrderEvent>();
  readonly #byHash = new Map<string, string>();
  readonly #groups = new Map<string, string>();
  readonly #bodies = new Map<string, OrderEvent>();

  constructor(events: readonly OrderEvent[], consumers: readonly ConsumerName[]) {
    this.events = events;
    this.consumers = consumers;
    for (const event of events) {
      this.#bodies.set(canonicalJson(event), event);
      if (event.source === keyedSource) this.#bodies.set(canonicalJson(retryOf(event)), event);
      for (const consumer of consumers) {
        const key = recordKey(consumer, event);
        this.#byHash.set(sha256(key), key);
        this.#groups.set(key, event.partitionkey);
        const place = `${consumer}#${event.partitionkey}`;
        this.order.set(place, [...(this.order.get(place) ?? []), key]);
      }
    }
  }

  /** Returns an event's idempotency key for the hash that external systems get. */
  readonly keyOf = (hash: string): string => this.#byHash.get(hash) ?? `an unknown key ${hash}`;

  groupOf(key: string): string {
    return this.#groups.get(key) ?? 'no group';
  }

  bodyOf(event: OrderEvent): string {
    return canonicalJson(event);
  }

  /** Whether a body is an event of the plan, or its retry under another id. */
  isOriginal(body: string): boolean {
    return this.#bodies.has(body);
  }

  eventOf(body: string): OrderEvent | undefined {
    return this.#bodies.get(body);
  }

  arrived(consumer: string, body: string): void {
    if (this.isOriginal(body)) return;
    const strangers = this.strangers.get(consumer) ?? new Set();
    this.strangers.set(consumer, strangers.add(body));
  }

  /** An event is published again after its records expired, and counts as new. */
  again(event: OrderEvent): void {
    this.#again.add(event);
  }

  /** How often an event must be applied: once for each publication after an expiration, and once at first. */
  livesOf(event: OrderEvent): number {
    return this.#again.has(event) ? 2 : 1;
  }

  /** A copy of an event arrives that is older than its records. */
  copied(event: OrderEvent): void {
    this.copies.add(event);
  }
}
