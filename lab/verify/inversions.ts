import { outcomes } from '../../contract/reporting/outcomes.ts';
import type { LoggedDelivery } from '../observe/deliveries.ts';
import { type MessageKey, messageKey, type TopicOrder } from '../workload/topic-order.ts';

export interface Inversions {
  /** How many messages were settled after one of their group which the queue took later. */
  readonly inversions: number;
  /** A line for each, and one where nobody knows the places of messages: then finding none proves nothing. */
  readonly problems: readonly string[];
}

/**
 * Holds the order in which messages were settled against the one in which the queue took them, group by group.
 *
 * The log names an event, and not which of its messages a line is of: the n-th of them that was settled is taken for the
 * n-th that was sent, which is so wherever no order was broken. Where not as many came as were sent, some were removed
 * as duplicates and nobody knows which: then only the first is held against the others.
 *
 * @param deliveries What one consumer logged, by time.
 */
export function findInversions(deliveries: readonly LoggedDelivery[], order: TopicOrder): Inversions {
  const settled = firstVerdicts(deliveries);
  const unplaced = settled.filter((delivery) => order.placesOf(keyOf(delivery)).length === 0).length;
  const fronts = new Map<string, GroupPosition>();
  const problems: string[] = [];
  for (const message of placed(settled, order)) {
    const { messageGroup } = message.delivery;
    const front = fronts.get(messageGroup) ?? new GroupPosition();
    fronts.set(messageGroup, front);
    const overtaker = front.pass(message);
    if (overtaker === undefined) continue;
    problems.push(
      `group ${messageGroup}: ${nameOf(message)} was settled after ${nameOf(overtaker)}, which the queue took later`,
    );
  }
  const inversions = problems.length;
  if (unplaced > 0) {
    problems.push(`the topic told no place of ${unplaced} messages, so that their order cannot be verified`);
  }
  return { inversions, problems };
}

interface PlacedMessage {
  readonly delivery: LoggedDelivery;
  /** The topic's sequence number. */
  readonly place: bigint;
}

/** The delivery that settled a message; later ones only found that out. */
function firstVerdicts(deliveries: readonly LoggedDelivery[]): LoggedDelivery[] {
  const settled = new Set<string>();
  return deliveries.filter(({ messageId, outcome }) => {
    if (outcomes[outcome].waits || settled.has(messageId)) return false;
    settled.add(messageId);
    return true;
  });
}

function* placed(settled: readonly LoggedDelivery[], order: TopicOrder): Generator<PlacedMessage> {
  const messages = new Map<MessageKey, number>();
  for (const delivery of settled) {
    const key = keyOf(delivery);
    messages.set(key, (messages.get(key) ?? 0) + 1);
  }
  const passed = new Map<MessageKey, number>();
  for (const delivery of settled) {
    const key = keyOf(delivery);
    const nth = passed.get(key) ?? 0;
    passed.set(key, nth + 1);
    const places = order.placesOf(key);
    const place = nth === 0 || places.length === messages.get(key) ? places[nth] : undefined;
    if (place !== undefined) yield { delivery, place };
  }
}

function keyOf({ messageGroup, source, eventId }: LoggedDelivery): MessageKey {
  const isEvent = source !== undefined && eventId !== undefined;
  return messageKey(messageGroup, isEvent ? { source, id: eventId } : undefined);
}

/** How far a group has come. */
class GroupPosition {
  /** The furthest of what was settled in earlier milliseconds. */
  #before: PlacedMessage | undefined;
  /** The furthest of the current one, by log stream: between streams nothing tells what came first in it. */
  #now = new Map<string, PlacedMessage>();
  #at = Number.NEGATIVE_INFINITY;

  /** @returns The furthest message that was settled before this one though its place is behind it. */
  pass(message: PlacedMessage): PlacedMessage | undefined {
    const { at, stream } = message.delivery;
    if (at > this.#at) {
      this.#before = [...this.#now.values()].reduce(further, this.#before);
      this.#now.clear();
      this.#at = at;
    }
    const ahead = further(this.#before, this.#now.get(stream) ?? message);
    this.#now.set(stream, further(this.#now.get(stream), message));
    return ahead.place > message.place ? ahead : undefined;
  }
}

function further(one: PlacedMessage | undefined, other: PlacedMessage): PlacedMessage {
  return one !== undefined && one.place > other.place ? one : other;
}

function nameOf({ delivery }: PlacedMessage): string {
  const { messageId, eventId, sequence } = delivery;
  if (eventId === undefined) return `message ${messageId} (no event)`;
  return `message ${messageId} (event ${eventId}${sequence === undefined ? '' : `, sequence ${sequence}`})`;
}
