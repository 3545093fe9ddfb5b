import { outcomes } from '../../contract/reporting/outcomes.ts';
import type { LoggedDelivery } from '../observe/deliveries.ts';
import { type MessageKey, messageKey, type TopicOrder } from '../workload/topic-order.ts';

export interface Inversions {
  /** Number of messages that were settled after a message of their group that entered the queue later. */
  readonly inversions: number;
  /**
   * One line per inversion, and one if the places of some messages are unknown, because then their order cannot be
   * verified.
   */
  readonly problems: readonly string[];
}

/**
 * Compares, for each group, the order in which messages were settled with the order in which they entered the queue.
 *
 * A log line names an event, but not which of the event's messages it belongs to. The n-th settled message of an event
 * is taken as the n-th sent one, which is correct if the order was kept. If fewer messages arrived than were sent, some
 * were removed as duplicates, and it is not known which. Then only the first one is compared.
 *
 * @param deliveries The deliveries of one consumer, sorted by time.
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
      `group ${messageGroup}: ${nameOf(message)} was settled after ${nameOf(overtaker)}, which entered the queue later`,
    );
  }
  const inversions = problems.length;
  if (unplaced > 0) {
    problems.push(
      `the topic reported no sequence number for ${unplaced} messages, so their order cannot be verified`,
    );
  }
  return { inversions, problems };
}

interface PlacedMessage {
  readonly delivery: LoggedDelivery;
  /** The topic's sequence number. */
  readonly place: bigint;
}

/** Returns the delivery that settled each message. Later deliveries of the message only found it settled. */
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

/** The progress of a group. */
class GroupPosition {
  /** The message with the highest place that was settled in an earlier millisecond. */
  #before: PlacedMessage | undefined;
  /**
   * For each log stream: the message with the highest place of the current millisecond. Lines of different streams have
   * no order within a millisecond.
   */
  #now = new Map<string, PlacedMessage>();
  #at = Number.NEGATIVE_INFINITY;

  /** @returns The message with the highest place that was settled before this one although its place is later. */
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
