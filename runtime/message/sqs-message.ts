import type { SQSMessageAttributes, SQSRecord } from 'aws-lambda';
import { brokerId } from '../../contract/broker-id.ts';
import { InvalidEventError } from '../../contract/errors.ts';
import type { CloudEvent } from '../../contract/event/event-parser.ts';
import { firstPublishedAttribute, resolvedAttemptAttribute } from '../../contract/message-attributes.ts';
import type { Random } from '../../contract/random.ts';
import { type Reader, Reading } from './reading.ts';
import { traceOf } from './trace.ts';

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
  /** Milliseconds since the epoch: when SQS took the message. */
  readonly sentAt: number;
  /** Milliseconds since the epoch: when SQS gave it the first time. */
  readonly firstReceived: number;
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
 */
export function readMessage<Event extends CloudEvent>(
  record: SQSRecord,
  reader: Reader<Event>,
  random: Pick<Random, 'uuid'>,
): Message<Event> {
  const { messageId: id, receiptHandle, body } = record;
  const sent: Partial<SQSRecord['attributes']> = record.attributes ?? {};
  const attributes = record.messageAttributes ?? {};
  const sentAt = wholeNumber(sent.SentTimestamp);
  const reading = new Reading({ body, attributes }, reader, sentAt === undefined ? unsent : undefined);
  return {
    id,
    ownerToken: random.uuid(),
    receiptHandle,
    body,
    group: groupOf(sent.MessageGroupId, reading) ?? brokerId(id),
    receiveCount: wholeNumber(sent.ApproximateReceiveCount) ?? 1,
    sentAt: sentAt ?? 0,
    firstReceived: wholeNumber(sent.ApproximateFirstReceiveTimestamp) ?? sentAt ?? 0,
    publishedAt: publishedAt(attributes, sentAt ?? 0),
    resendToken: carriedAttemptOf(attributes[resolvedAttemptAttribute]?.stringValue),
    attributes,
    trace: traceOf(sent.AWSTraceHeader),
    reading,
  };
}

/** One that SQS takes, since the copy of the message is sent to it, and kept in its record. */
function groupOf(sent: unknown, reading: Reading<CloudEvent>): string | undefined {
  const group = sent ?? reading.partitionkey;
  return typeof group === 'string' ? brokerId(group) : undefined;
}

/** The longest `attempt` that a record can have, in characters: ours are UUIDs of 36. */
const longestAttempt = 1000;

function carriedAttemptOf(value: unknown): string | undefined {
  return typeof value === 'string' && value.length <= longestAttempt ? value : undefined;
}

/** Of an age that nobody knows: it may be older than every record. */
const unsent = new InvalidEventError(
  'INVALID_EVENT',
  'attributes.SentTimestamp: must be milliseconds since the epoch, as SQS sets it',
  'attributes.SentTimestamp',
);

function wholeNumber(text: unknown): number | undefined {
  return typeof text === 'string' && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

/** No event is published after its queue took it: a publisher's clock that says so cannot make it younger. */
function publishedAt(attributes: SQSMessageAttributes, sentAt: number): number {
  const published = attributes[firstPublishedAttribute]?.stringValue ?? '';
  return /^\d+$/.test(published) ? Math.min(Number(published), sentAt) : sentAt;
}
