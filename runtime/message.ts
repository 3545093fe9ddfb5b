import type { SQSMessageAttributes, SQSRecord } from 'aws-lambda';
import { ConfigurationError, InvalidEventError } from '../contract/errors.ts';
import type { CloudEvent, EventParser } from '../contract/event.ts';
import { idempotencyKey } from '../contract/identity.ts';
import { firstPublishedAttribute, resolvedAttemptAttribute } from '../contract/message-attributes.ts';
import type { Random } from '../contract/random.ts';
import { shorten } from '../contract/shorten.ts';
import { type ContentOf, fingerprintLike, fingerprintOf } from './content.ts';
import { describe } from './errors.ts';
import type { Delivery } from './stores/record-store.ts';

/** One delivery of one SQS message. */
export interface Message<Event extends CloudEvent> {
  /** The SQS message id; a redrive gives the message a new one. */
  readonly id: string;
  /** Owner token of this delivery: see `Delivery`. */
  readonly attempt: string;
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

/** The event and what identifies it, or why the body is none. */
export type Content<Event extends CloudEvent> = Valid<Event> | { readonly invalid: InvalidEventError };

export interface Valid<Event extends CloudEvent> {
  readonly event: Event;
  /** As the event came: a handler may change its event. */
  readonly identity: Pick<Delivery, 'id' | 'fingerprint' | 'source' | 'eventId' | 'sequence'>;
  /** See `fingerprintLike`. */
  readonly fingerprintLike: (named: string) => string | undefined;
}

/** How a consumer reads an event. */
export interface Reading<Event extends CloudEvent> {
  /** The consumer's name, part of the idempotency key. */
  readonly name: string;
  readonly parse: EventParser<Event>;
  readonly fingerprint?: ContentOf<Event> | undefined;
}

/**
 * What SQS itself adds is not taken for granted: a record that was made by hand lacks some of it, and one record that
 * cannot be read must not fail its whole batch, again and again.
 *
 * @throws ConfigurationError where nothing could settle the message, since it has no name: it is not from SQS.
 */
export function readMessage<Event extends CloudEvent>(
  record: SQSRecord,
  reading: Reading<Event>,
  random: Pick<Random, 'uuid'>,
): Message<Event> {
  const { messageId: id, receiptHandle, body } = record;
  if (!id || !receiptHandle) {
    throw new ConfigurationError(
      'A record of the batch has no "messageId" or no "receiptHandle", as those of SQS have: the function takes the ' +
        'batches of an event source mapping of a queue, and no others',
    );
  }
  const sent: Partial<SQSRecord['attributes']> = record.attributes ?? {};
  const attributes = record.messageAttributes ?? {};
  const sentAt = wholeNumber(sent.SentTimestamp);
  const content = sentAt === undefined ? unsent : readContent(body, reading);
  return {
    id,
    attempt: random.uuid(),
    receiptHandle,
    body,
    group: sent.MessageGroupId ?? ('event' in content ? content.event.partitionkey : id),
    receiveCount: wholeNumber(sent.ApproximateReceiveCount) ?? 1,
    sentAt: sentAt ?? 0,
    firstReceived: wholeNumber(sent.ApproximateFirstReceiveTimestamp) ?? sentAt ?? 0,
    publishedAt: publishedAt(attributes, sentAt ?? 0),
    carriedAttempt: attributes[resolvedAttemptAttribute]?.stringValue,
    attributes,
    content,
  };
}

/** Of an age that nobody knows: it may be older than every record. */
const unsent = {
  invalid: new InvalidEventError(
    'INVALID_EVENT',
    'attributes.SentTimestamp: must be milliseconds since the epoch, as SQS sets it',
    'attributes.SentTimestamp',
  ),
};

function wholeNumber(text: unknown): number | undefined {
  return typeof text === 'string' && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

/** No event is published after its queue took it: a publisher's clock that says so cannot make it younger. */
function publishedAt(attributes: SQSMessageAttributes, sentAt: number): number {
  const published = attributes[firstPublishedAttribute]?.stringValue ?? '';
  return /^\d+$/.test(published) ? Math.min(Number(published), sentAt) : sentAt;
}

function readContent<Event extends CloudEvent>(
  body: string,
  { name, parse, fingerprint: contentOf }: Reading<Event>,
): Content<Event> {
  try {
    if (typeof body !== 'string')
      throw new InvalidEventError('INVALID_EVENT', 'body: must be a text', 'body');
    const event = parse(body);
    const { source, id: eventId, sequence } = event;
    const id = idempotencyKey(name, event);
    return {
      event,
      identity: {
        id,
        fingerprint: fingerprintOf(event, contentOf),
        source,
        eventId,
        // It is for people and tools: in full it might not fit into a record, an attribute or a log line.
        sequence: sequence && shorten(sequence),
      },
      // Of the body, since a handler may have changed its event by then. Few records name another algorithm.
      fingerprintLike: (named) => fingerprintLike(named, parse(body), contentOf),
    };
  } catch (error) {
    // Any error: whatever a parser throws for this body, it throws again for the same body.
    return { invalid: error instanceof InvalidEventError ? error : invalidBy(error) };
  }
}

function invalidBy(error: unknown): InvalidEventError {
  return new InvalidEventError('INVALID_EVENT', `It cannot be read: ${describe(error)}`, undefined, {
    cause: error,
  });
}
