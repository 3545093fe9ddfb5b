import { ConfigurationError } from '../contract/errors.ts';
import { canonicalJson } from '../contract/event/canonical-json.ts';
import type { CloudEvent } from '../contract/event/event-parser.ts';
import { defaultMaxEventSize } from '../contract/event/event-size.ts';
import { PublishError, TopicError } from './errors.ts';
import { identified } from './input/identified.ts';
import { nameOf } from './input/input.ts';
import { messageGroup } from './message-group.ts';
import { type Entry, sizeOf } from './topic/entry.ts';
import type { Topic } from './topic/topic.ts';

export interface SingleEvent {
  readonly event: CloudEvent;
  /** When the event was first sent, now or earlier, in milliseconds since the epoch. */
  readonly firstPublished: number;
}

/**
 * Whether the topic accepts an event of this size.
 *
 * @throws InvalidEventError, ConfigurationError as in `publishEvent`.
 */
export function fitsTopic(
  single: SingleEvent,
  { maxEventSize = defaultMaxEventSize }: Pick<Topic, 'maxEventSize'> = {},
): boolean {
  return sizeOf(entryOf(single)) <= maxEventSize;
}

/**
 * Publishes one event in one request, deduplicated by content. The topic's client decides about retries.
 *
 * @throws PublishError TOO_LARGE.
 * @throws InvalidEventError for an event without `source`, `id` or `partitionkey`.
 * @throws ConfigurationError if `firstPublished` is not a time in ms.
 * @throws TopicError if the topic did not accept the event, or if that is unknown: publish the same event again.
 */
export async function publishEvent(topic: Topic, single: SingleEvent): Promise<void> {
  if (!fitsTopic(single, topic)) {
    const { maxEventSize = defaultMaxEventSize } = topic;
    throw new PublishError('TOO_LARGE', 1, `the topic takes ${maxEventSize} bytes`);
  }
  const [result] = await topic.publishBatch([entryOf(single)]);
  if (result === 'accepted') return;
  throw result ?? new TopicError('NO_RESULT', 'SNS returned no result for the entry', false);
}

function entryOf(single: SingleEvent): Entry {
  const { event, firstPublished } = single ?? {};
  if (!Number.isSafeInteger(firstPublished) || firstPublished < 0) {
    throw new ConfigurationError(
      `firstPublished is ${nameOf(firstPublished)}; it must be whole milliseconds since the epoch, beside "event"`,
    );
  }
  return {
    line: 1,
    body: canonicalJson(event),
    messageGroup: messageGroup(identified(event).partitionkey),
    firstPublished,
  };
}
