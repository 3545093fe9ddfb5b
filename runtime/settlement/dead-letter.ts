import { brokerId } from '../../contract/broker-id.ts';
import type { CloudEvent } from '../../contract/event/event-parser.ts';
import { brokersMaxMessageSize } from '../../contract/event/event-size.ts';
import { sha256 } from '../../contract/event/identity.ts';
import type { DeadLetterReason } from '../../contract/message-attributes.ts';
import { asKept, sendableTrace } from '../aws/sqs-attributes.ts';
import type { Reason } from '../message/disposition.ts';
import type { Message } from '../message/sqs-message.ts';
import type { DeadLetter } from '../ports/queues.ts';
import { fitAttributes, sizeOf } from './dead-letter-attributes.ts';

/** Maximum bytes of the attributes if the body has to be cut. */
const besideCutBody = 64 * 1024;

/** The reason of a copy, without the fields that come from the message. */
export type DeadLetterDetails = Pick<Reason, 'code'> &
  Omit<
    DeadLetterReason,
    'code' | 'messageGroup' | 'sequence' | 'firstReceived' | 'omittedAttributes' | 'originalBody'
  >;

export interface Copied {
  readonly letter: DeadLetter;
  /** Sentences for the log about parts of the message that the copy lacks; empty if it is complete. */
  readonly lacks: string;
}

/**
 * Makes the copy of a message, with its reason in one attribute. SQS must accept the copy whatever the message
 * contains, because otherwise the message would stay in its queue. Attributes beyond the ten that SQS accepts, and
 * attributes that SQS refuses, are packed into one. If the copy is too large, attributes are left out before the body
 * is cut.
 *
 * @param limit Maximum bytes that the queue accepts.
 */
export function deadLetterOf(
  message: Message<CloudEvent>,
  why: DeadLetterDetails,
  limit: number = brokersMaxMessageSize,
): Copied {
  const body = bodyOf(message.body);
  const original = originalOf(message.body);
  const sequence = message.reading.names?.sequence;
  const reason = {
    ...why,
    messageGroup: message.group,
    ...(sequence !== undefined && { sequence }),
    firstReceived: message.firstReceivedAt,
    ...(body !== message.body && { originalBody: original }),
  };
  const fitted = (text: typeof reason, room: number) =>
    fitAttributes(message.attributes, message.publishedAt, text, room);
  const letter = (text: string, attributes: DeadLetter['attributes']) => ({
    body: text,
    messageGroup: message.group,
    deduplicationId: brokerId(message.id),
    attributes,
    ...sendableTrace(message.trace),
  });

  const beside = limit - Buffer.byteLength(body);
  const { attributes, omitted } = fitted(reason, beside);
  if (sizeOf(attributes) <= beside) return { letter: letter(body, attributes), lacks: omission(omitted) };
  const short = fitted({ ...reason, originalBody: original }, Math.min(besideCutBody, limit / 2));
  const cut = start(body, limit - sizeOf(short.attributes));
  const lost = `Its copy holds only the first ${Buffer.byteLength(cut)} of the ${original.bytes} bytes of its body`;
  return {
    letter: letter(cut, short.attributes),
    lacks: `${lost} (SHA-256 ${original.sha256}). Only its producer has the rest${omission(short.omitted)}`,
  };
}

function omission(omitted: number): string {
  return omitted === 0 ? '' : `. Its copy lacks ${omitted} of its attributes, for want of room`;
}

/** SQS refuses an empty body. A record that was made by hand may have an empty body, or one that is not a text. */
function bodyOf(body: unknown): string {
  if (typeof body !== 'string') return `order-once: the message had no body of text, but ${typeof body}`;
  return body === '' ? 'order-once: the body of the message was empty' : asKept(body);
}

function originalOf(body: unknown): NonNullable<DeadLetterReason['originalBody']> {
  const text = typeof body === 'string' ? body : '';
  return { bytes: Buffer.byteLength(text), sha256: sha256(text) };
}

/** The start of a text, in at most this many bytes. */
function start(text: string, bytes: number): string {
  // A character that was cut in two becomes U+FFFD, which is removed.
  return Buffer.from(text)
    .subarray(0, bytes)
    .toString()
    .replace(/\ufffd$/, '');
}
