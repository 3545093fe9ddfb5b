import type { MessageAttributeValue } from '@aws-sdk/client-sqs';
import type { SQSMessageAttribute } from 'aws-lambda';
import type { CloudEvent } from '../contract/event.ts';
import {
  type DeadLetterReason,
  deadLetterReasonAttribute,
  firstPublishedAttribute,
  maxMessageAttributes,
} from '../contract/message-attributes.ts';
import type { Message } from './message.ts';

/** A message on its way to the dead-letter queue. */
export interface DeadLetter {
  readonly body: string;
  readonly messageGroup: string;
  /** The SQS message id of the original: after a crash the broker drops the second copy for 5 minutes. */
  readonly deduplicationId: string;
  readonly attributes: Readonly<Record<string, MessageAttributeValue>>;
}

export interface DeadLetterQueue {
  send(letter: DeadLetter): Promise<void>;
}

/**
 * The copy of a message with its reason in one attribute. Producer attributes that find no place beside it (SQS
 * takes ten) move into the reason: a copy that SQS refuses would leave the message in its queue for ever.
 */
export function deadLetterOf<Event extends CloudEvent>(
  message: Message<Event>,
  reason: Omit<DeadLetterReason, 'messageGroup' | 'sequence' | 'firstReceived' | 'attributes'>,
): DeadLetter {
  const { [firstPublishedAttribute]: firstPublished, ...others } = message.attributes;
  const own = Object.entries(others).filter(([name]) => name !== deadLetterReasonAttribute);
  const room = maxMessageAttributes - 2;
  const sequence = 'event' in message.content ? message.content.identity.sequence : undefined;
  const moved = own.slice(room).map(([name, value]) => [name, plain(value)] as const);
  return {
    body: message.body,
    messageGroup: message.group,
    deduplicationId: message.id,
    attributes: {
      ...Object.fromEntries(own.slice(0, room).map(([name, value]) => [name, copy(value)])),
      [firstPublishedAttribute]: firstPublished
        ? copy(firstPublished)
        : { DataType: 'Number', StringValue: String(message.sentAt) },
      [deadLetterReasonAttribute]: {
        DataType: 'String',
        StringValue: asciiJson({
          ...reason,
          messageGroup: message.group,
          ...(sequence !== undefined && { sequence }),
          firstReceived: message.firstReceived,
          ...(moved.length > 0 && { attributes: Object.fromEntries(moved) }),
        }),
      },
    },
  };
}

function copy({ dataType, stringValue, binaryValue }: SQSMessageAttribute): MessageAttributeValue {
  return dataType.startsWith('Binary')
    ? { DataType: dataType, BinaryValue: Buffer.from(binaryValue ?? '', 'base64') }
    : { DataType: dataType, StringValue: stringValue };
}

function plain({ dataType, stringValue, binaryValue }: SQSMessageAttribute) {
  return { type: dataType, value: stringValue ?? binaryValue ?? '' };
}

/** JSON in ASCII: SQS refuses some characters (U+FFFE for instance) that a body may hold in escaped form. */
function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
