import type { SQSMessageAttributes, SQSRecord } from 'aws-lambda';
import { InvalidEventError } from '../contract/errors.ts';
import type { CloudEvent, EventParser } from '../contract/event.ts';
import { idempotencyKey } from '../contract/identity.ts';
import { firstPublishedAttribute, resolvedAttemptAttribute } from '../contract/message-attributes.ts';
import { describe } from './errors.ts';

/** One delivery of one SQS message. */
export interface Message<Event extends CloudEvent> {
  /** The SQS message id; a redrive gives the message a new one. */
  readonly id: string;
  /** Names this receive of the message to SQS. */
  readonly receiptHandle: string;
  readonly body: string;
  readonly group: string;
  /** How often SQS has given the message, this time included. */
  readonly receiveCount: number;
  /** Milliseconds since the epoch: when SQS took the message. */
  readonly sentAt: number;
  /** Milliseconds since the epoch: when SQS gave it the first time. */
  readonly firstReceived: number;
  /** Milliseconds since the epoch: when the event was first published, as far as is known. */
  readonly publishedAt: number;
  /** See `resolvedAttemptAttribute`. */
  readonly carriedAttempt: string | undefined;
  readonly attributes: SQSMessageAttributes;
  readonly content: Content<Event>;
}

/** The event and its idempotency key, or why the body is none. */
export type Content<Event extends CloudEvent> =
  | { readonly event: Event; readonly key: string }
  | { readonly invalid: InvalidEventError };

/** @param consumer The consumer's name, part of the idempotency key. */
export function readMessage<Event extends CloudEvent>(
  record: SQSRecord,
  consumer: string,
  parse: EventParser<Event>,
): Message<Event> {
  const content = readContent(record.body, consumer, parse);
  const fromEvent = 'event' in content ? content.event.partitionkey : record.messageId;
  const sentAt = Number(record.attributes.SentTimestamp);
  return {
    id: record.messageId,
    receiptHandle: record.receiptHandle,
    body: record.body,
    group: record.attributes.MessageGroupId ?? fromEvent,
    receiveCount: Number(record.attributes.ApproximateReceiveCount),
    sentAt,
    firstReceived: Number(record.attributes.ApproximateFirstReceiveTimestamp),
    publishedAt: publishedAt(record.messageAttributes, sentAt),
    carriedAttempt: record.messageAttributes[resolvedAttemptAttribute]?.stringValue,
    attributes: record.messageAttributes,
    content,
  };
}

/** No event is published after its queue took it: a publisher's clock that says so cannot make it younger. */
function publishedAt(attributes: SQSMessageAttributes, sentAt: number): number {
  const published = attributes[firstPublishedAttribute]?.stringValue ?? '';
  return /^\d+$/.test(published) ? Math.min(Number(published), sentAt) : sentAt;
}

function readContent<Event extends CloudEvent>(
  body: string,
  consumer: string,
  parse: EventParser<Event>,
): Content<Event> {
  try {
    const event = parse(body);
    return { event, key: idempotencyKey(consumer, event) };
  } catch (error) {
    // Any error: whatever a parser throws for this body, it throws again for the same body.
    return { invalid: error instanceof InvalidEventError ? error : invalidBy(error) };
  }
}

function invalidBy(error: unknown): InvalidEventError {
  return new InvalidEventError('INVALID_EVENT', `The parser threw: ${describe(error)}`, undefined, {
    cause: error,
  });
}
