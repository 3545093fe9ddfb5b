import type { SQSMessageAttributes, SQSRecord } from 'aws-lambda';
import { brokerId } from '../../contract/broker-id.ts';
import { InvalidEventError } from '../../contract/errors.ts';
import type { CloudEvent } from '../../contract/event/event-parser.ts';
import { firstPublishedAttribute, resolvedAttemptAttribute } from '../../contract/message-attributes.ts';
import { isSuspect, longestWaitingSeconds } from '../../contract/policies/retry-policy.ts';
import { truncate } from '../../contract/truncate.ts';
import { unpack } from '../aws/packed-attributes.ts';
import type { ConsumerDependencies } from '../ports/dependencies.ts';
import { isTraceparent, type Reader, Reading } from './reading.ts';

/** One delivery of one SQS message. */
export interface Message<Event extends CloudEvent> {
  /** The SQS message id; a redrive gives the message a new one. */
  readonly id: string;
  /** The owner token of this delivery: see `Delivery`. */
  readonly ownerToken: string;
  /** Identifies this receive of the message for SQS. */
  readonly receiptHandle: string;
  readonly body: string;
  readonly group: string;
  /** Number of receives, including this one. */
  readonly receiveCount: number;
  /** Whether the message was received so often that it may be crashing its process. */
  readonly isSuspect: boolean;
  /** Milliseconds since the epoch: when SQS received the message from its sender. */
  readonly sentAt: number;
  /** Milliseconds since the epoch: the latest time of a retry before SQS deletes the message. */
  readonly latestRetryAt: number;
  /** Milliseconds since the epoch: when SQS first delivered the message. */
  readonly firstReceivedAt: number;
  /** Milliseconds since the epoch: when the event was first published, as far as is known. */
  readonly publishedAt: number;
  /** See `resolvedAttemptAttribute`. */
  readonly resendToken: string | undefined;
  /** Its message attributes, and those that an earlier move has packed. */
  readonly attributes: SQSMessageAttributes;
  /** The message's X-Ray trace header. */
  readonly trace: string | undefined;
  /** The trace in the message attribute `traceparent`, which OpenTelemetry's instrumentations send. */
  readonly traceparent: string | undefined;
  /** The event of the body, or the reason why there is none. */
  readonly reading: Reading<Event>;
}

/**
 * Reads an SQS record. Tolerates records that lack SQS attributes, because one malformed record must not fail its batch
 * forever. The consumer's parser runs only if the record has no message group anywhere else.
 *
 * @param reader How the consumer reads a body.
 * @param dependencies The settings of the queue, and the random numbers for owner tokens.
 */
export function readMessage<Event extends CloudEvent>(
  record: SQSRecord,
  reader: Reader<Event>,
  dependencies: Pick<ConsumerDependencies, 'random' | 'queueRetentionSeconds' | 'visibilityTimeoutSeconds'>,
): Message<Event> {
  const { messageId: id, receiptHandle, body } = record;
  const sent: Partial<SQSRecord['attributes']> = record.attributes ?? {};
  const attributes = unpack(record.messageAttributes ?? {});
  const sentAt = wholeNumber(sent.SentTimestamp);
  const receiveCount = wholeNumber(sent.ApproximateReceiveCount) ?? 1;
  const resendToken = resendTokenOf(attributes[resolvedAttemptAttribute]?.stringValue);
  const trace = traceOf(sent.AWSTraceHeader);
  const traceparent: unknown = attributes.traceparent?.stringValue;
  const firstPublishedAt = publishedAt(attributes, sentAt ?? 0);
  const firstReceivedAt = wholeNumber(sent.ApproximateFirstReceiveTimestamp) ?? sentAt ?? 0;
  const reading = new Reading({ body, attributes }, reader, sentAt === undefined ? unsent : undefined);
  const group: unknown = sent.MessageGroupId ?? reading.partitionkey;
  return {
    id,
    ownerToken: dependencies.random.uuid(),
    receiptHandle,
    body,
    // A group that SQS accepts, because the message's copy is sent to this group, and the record stores it.
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
    traceparent: isTraceparent(traceparent) ? traceparent : undefined,
    reading,
  };
}

/** The longest owner token of a record, in characters. Tokens of this library are UUIDs of 36. */
const longestToken = 1000;

function resendTokenOf(value: unknown): string | undefined {
  return typeof value === 'string' && value.length <= longestToken ? value : undefined;
}

/** Without SentTimestamp the message's age is unknown, so its record may already have expired. */
const unsent = new InvalidEventError(
  'INVALID_EVENT',
  'attributes.SentTimestamp: must be milliseconds since the epoch, as SQS sets it',
  'attributes.SentTimestamp',
);

/** Maximum characters. The header of a request through many services has a few hundred. */
const longestTrace = 1000;

/** Reads the X-Ray trace header of a record. A record that was made by hand may contain any value. */
function traceOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? truncate(value, longestTrace) : undefined;
}

function wholeNumber(text: unknown): number | undefined {
  return typeof text === 'string' && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

/**
 * An event cannot be published after its message entered the queue, so a wrong publisher clock cannot make it younger.
 */
function publishedAt(attributes: SQSMessageAttributes, sentAt: number): number {
  const published = attributes[firstPublishedAttribute]?.stringValue ?? '';
  return /^\d+$/.test(published) ? Math.min(Number(published), sentAt) : sentAt;
}
