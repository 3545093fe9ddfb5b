import { canonicalJson } from '../contract/canonical-json.ts';
import type { CloudEvent } from '../contract/event.ts';
import { type Entry, sizeOf } from './entry.ts';
import { PublishError, TopicError } from './errors.ts';
import { maxBatchBytes } from './limits.ts';
import { messageGroup } from './message-group.ts';
import type { Topic } from './topic.ts';

export interface SingleEvent {
  readonly event: CloudEvent;
  /** Milliseconds since the epoch: when the event was sent for the first time, now or earlier. */
  readonly firstPublished: number;
}

/** Whether the topic takes an event of this size. */
export function fitsTopic(single: SingleEvent): boolean {
  return sizeOf(entryOf(single)) <= maxBatchBytes;
}

/**
 * Publishes one event, in one request; deduplicated by content. Its retries are those of the topic's client.
 *
 * @throws PublishError TOO_LARGE.
 * @throws TopicError where the topic did not accept it, or nobody knows: publish the same event again.
 */
export async function publishEvent(topic: Topic, single: SingleEvent): Promise<void> {
  if (!fitsTopic(single)) throw new PublishError('TOO_LARGE', 1, `SNS takes ${maxBatchBytes} bytes`);
  const [result] = await topic.publishBatch([entryOf(single)]);
  if (result === 'accepted') return;
  throw result ?? new TopicError('NO_RESULT', 'The answer does not tell', false);
}

function entryOf({ event, firstPublished }: SingleEvent): Entry {
  return {
    line: 1,
    body: canonicalJson(event),
    messageGroup: messageGroup(event.partitionkey),
    firstPublished,
  };
}
