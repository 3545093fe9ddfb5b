import type { SQSMessageAttributes, SQSRecord } from 'aws-lambda';
import { brokerId } from '../../contract/broker-id.ts';
import { InvalidEventError } from '../../contract/errors.ts';
import type { CloudEvent } from '../../contract/event/event-parser.ts';
import { firstPublishedAttribute, resolvedAttemptAttribute } from '../../contract/message-attributes.ts';
import { isSuspect, longestWaitingSeconds } from '../../contract/policies/retry-policy.ts';
import { truncate } from '../../contract/truncate.ts';
import type { ConsumerDependencies } from '../ports/dependencies.ts';
import { type Reader, Reading } from './reading.ts';

/** One delivery of one SQS message. */
export interface Message<Event extends CloudEvent> {
  /** The SQS message id; a redrive gives the message a new one. */
  readonly id: string;
  /** Owner token of this delivery: see `Delivery`. */
  readonly ownerToken: string;
  /** Names this receive of the message to SQS. */
  readonly receiptHandle: string;
  readonly body: string;
  readonly group: string;
  /** How often SQS has given the message, this time included. */
  readonly receiveCount: number;
  /** Whether it was received so often that it may be the message that ends its process. */
  readonly isSuspect: boolean;
  /** Milliseconds since the epoch: when SQS took the message. */
  readonly sentAt: number;
  /** Milliseconds since the epoch: until when it may be left in its queue, so that SQS does not delete it. */
  readonly latestRetryAt: number;
  /** Milliseconds since the epoch: when SQS gave it the first time. */
  readonly firstReceivedAt: number;
  /** Milliseconds since the epoch: when the event was first published, as far as is known. */
  readonly publishedAt: number;
  /** See `resolvedAttemptAttribute`. */
  readonly resendToken: string | undefined;
  readonly attributes: SQSMessageAttributes;
  /** Its X-Ray trace header. */
  readonly trace: string | undefined;
  /** The body's event, or why it is none. */
  readonly reading: Reading<Event>;
}

/**
 * What SQS itself adds is not taken for granted: a record that was made by hand lacks some of it, and one record that
 * cannot be read must not fail its whole batch, again and again. The consumer's parser runs only for a record that names
 * its message group nowhere.
 *
 * @param reader How the consumer reads a body.
 * @param dependencies The settings of the queue, and what makes owner tokens.
 */
export function readMessage<Event extends CloudEvent>(
  record: SQSRecord,
  reader: Reader<Event>,
  dependencies: Pick<ConsumerDependencies, 'random' | 'queueRetentionSeconds' | 'visibilityTimeoutSeconds'>,
): Message<Event> {
  const { messageId: id, receiptHandle, body } = record;
  const sent: Partial<SQSRecord['attributes']> = record.attributes ?? {};
  const attributes = record.messageAttributes ?? {};
  const sentAt = wholeNumber(sent.SentTimestamp);
  const receiveCount = wholeNumber(sent.ApproximateReceiveCount) ?? 1;
  const resendToken = resendTokenOf(attributes[resolvedAttemptAttribute]?.stringValue);
  const trace = traceOf(sent.AWSTraceHeader);
  const firstPublishedAt = publishedAt(attributes, sentAt ?? 0);
  const firstReceivedAt = wholeNumber(sent.ApproximateFirstReceiveTimestamp) ?? sentAt ?? 0;
  const reading = new Reading({ body, attributes }, reader, sentAt === undefined ? unsent : undefined);
  const group: unknown = sent.MessageGroupId ?? reading.partitionkey;
  return {
    id,
    ownerToken: dependencies.random.uuid(),
    receiptHandle,
    body,
    // One that SQS takes: the copy of the message is sent to it, and its record keeps it.
    group: brokerId(typeof group === 'string' ? group : id),
    receiveCount,
    isSuspect: isSuspect({ receiveCount }),
    sentAt: sentAt ?? 0,
    latestRetryAt: (sentAt ?? 0) + longestWaitingSeconds(dependencies) * 1000,
    firstReceivedAt,
    publishedAt: firstPublishedAt,
    resendToken,
    attributes,
    trace,
    reading,
  };
}

/** The longest owner token that a record can have, in characters: ours are UUIDs of 36. */
const longestToken = 1000;

function resendTokenOf(value: unknown): string | undefined {
  return typeof value === 'string' && value.length <= longestToken ? value : undefined;
}

/** Of an age that nobody knows: it may be older than every record. */
const unsent = new InvalidEventError(
  'INVALID_EVENT',
  'attributes.SentTimestamp: must be milliseconds since the epoch, as SQS sets it',
  'attributes.SentTimestamp',
);

/** In characters; the header of a request through many services has a few hundred. */
const longestTrace = 1000;

/** The X-Ray trace header that a record brings; a record that was made by hand may bring anything. */
function traceOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? truncate(value, longestTrace) : undefined;
}

function wholeNumber(text: unknown): number | undefined {
  return typeof text === 'string' && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

/** No event is published after its queue took it: a publisher's clock that says so cannot make it younger. */
function publishedAt(attributes: SQSMessageAttributes, sentAt: number): number {
  const published = attributes[firstPublishedAttribute]?.stringValue ?? '';
  return /^\d+$/.test(published) ? Math.min(Number(published), sentAt) : sentAt;
}
