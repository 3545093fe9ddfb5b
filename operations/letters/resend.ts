import type { Message, MessageAttributeValue } from '@aws-sdk/client-sqs';
import { sha256 } from '../../contract/event/identity.ts';
import {
  type DeadLetterReason,
  deadLetterReasonAttribute,
  firstPublishedAttribute,
} from '../../contract/message-attributes.ts';
import { asciiJson } from '../../runtime/aws/packed-attributes.ts';

/** A message as it is sent again. */
export interface Resent {
  readonly MessageBody: string;
  readonly MessageGroupId: string;
  readonly MessageDeduplicationId: string;
  readonly MessageAttributes: Readonly<Record<string, MessageAttributeValue>>;
}

/** Why a letter cannot be sent again as it was. */
export interface Unsendable {
  readonly unsendable: string;
}

/**
 * The message of a letter, as its consumer got it: with its body, its group and all its attributes.
 *
 * @param planId The deduplication id derives from the plan and from the letter itself. So a repeat of the plan sends
 *   nothing twice within five minutes, and a letter that came back is another one.
 * @param isNew Whether the event counts as published now, because an operator knows that it was not applied. @default false
 */
export function resendOf(
  { Body = '', Attributes = {}, MessageAttributes = {}, MessageId = '' }: Message,
  planId: string,
  { isNew = false }: { readonly isNew?: boolean } = {},
): Resent | Unsendable {
  const reason = reasonOf(MessageAttributes);
  if (reason?.originalBody !== undefined) {
    const { bytes, sha256: digest } = reason.originalBody;
    return { unsendable: `its body was cut or replaced: the whole has ${bytes} bytes, SHA-256 ${digest}` };
  }
  // The consumer unpacks the attributes that had no place beside the reason.
  const {
    [deadLetterReasonAttribute]: _,
    [firstPublishedAttribute]: published,
    ...others
  } = MessageAttributes;
  const kept = {
    ...others,
    ...(published !== undefined && !isNew && { [firstPublishedAttribute]: published }),
  };
  return {
    MessageBody: Body,
    MessageGroupId: Attributes.MessageGroupId ?? '',
    MessageDeduplicationId: sha256(`${planId}:${MessageId}`),
    MessageAttributes: kept,
  };
}

/** The message of a letter that goes to the end of the dead-letter queue: the same letter, under the id that it had. */
export function deferralOf(letter: Message, planId: string): Resent {
  const { Body = '', Attributes = {}, MessageAttributes = {}, MessageId = '' } = letter;
  const reason = { ...reasonOf(MessageAttributes), letter: letterIdOf(letter), plan: planId };
  return {
    MessageBody: Body,
    MessageGroupId: Attributes.MessageGroupId ?? '',
    MessageDeduplicationId: sha256(`${planId}:${MessageId}`),
    MessageAttributes: {
      ...MessageAttributes,
      [deadLetterReasonAttribute]: { DataType: 'String', StringValue: asciiJson(reason) },
    },
  };
}

/** The id by which a letter is listed: the deduplication id of the copy that the runtime sent. */
export function letterIdOf({ Attributes, MessageAttributes = {} }: Message): string {
  return reasonOf(MessageAttributes)?.letter ?? Attributes?.MessageDeduplicationId ?? '';
}

/** The reason that the runtime gave a copy; `undefined` for a message that SQS itself moved. */
export function reasonOf(
  attributes: Readonly<Record<string, MessageAttributeValue>>,
): DeadLetterReason | undefined {
  const text = attributes[deadLetterReasonAttribute]?.StringValue;
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as DeadLetterReason;
  } catch {
    return undefined;
  }
}
