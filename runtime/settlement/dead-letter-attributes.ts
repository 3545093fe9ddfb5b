import type { MessageAttributeValue } from '@aws-sdk/client-sqs';
import {
  type DeadLetterReason,
  deadLetterReasonAttribute,
  firstPublishedAttribute,
  maxMessageAttributes,
} from '../../contract/message-attributes.ts';
import { truncate } from '../../contract/truncate.ts';
import { bytesOf, sendable } from './sqs-attributes.ts';

export type LetterAttributes = Readonly<Record<string, MessageAttributeValue>>;

/** The reason of a copy, without the producer's attributes. */
export type LetterReason = Omit<DeadLetterReason, 'attributes' | 'omittedAttributes'>;

export interface FittedAttributes {
  readonly attributes: LetterAttributes;
  /** Number of the producer's attributes that are neither in the copy nor in its reason. */
  readonly omitted: number;
}

/** Maximum characters of a shortened reason. */
const briefly = 200;

/**
 * The attributes of a copy, in at most `room` bytes. The reason makes room first: its text is shortened, then it loses
 * the attributes that had moved into it, then all that the body tells. Next the producer's attributes are left out, the
 * largest first. `first-published` always stays, since the idempotency window is counted from it.
 *
 * @param publishedAt Milliseconds since the epoch.
 * @returns The shortest of all where nothing fits.
 */
export function fitAttributes(
  produced: Readonly<Record<string, unknown>>,
  publishedAt: number,
  reason: LetterReason,
  room: number,
): FittedAttributes {
  const { sent, moved } = sortOut(produced);
  const brief = { ...reason, message: truncate(reason.message, briefly) };
  const { code, consumer, message, messageGroup, firstReceived, originalBody } = brief;
  const { recordId, attempt } = brief;
  const barest = { code, consumer, messageGroup, firstReceived, ...(originalBody && { originalBody }) };
  // These fields identify the unknown outcome for which the copy keeps the body.
  const named = { ...barest, ...(recordId !== undefined && { recordId, attempt }) };
  const movedCount = moved.length;
  const wholly = { ...(movedCount > 0 && { attributes: Object.fromEntries(moved) }) };
  const omitting = (omitted: number) => ({ ...(omitted > 0 && { omittedAttributes: omitted }) });
  const withReason = (text: object, kept: typeof sent, omitted: number): FittedAttributes => ({
    attributes: {
      ...Object.fromEntries(kept),
      [firstPublishedAttribute]: { DataType: 'Number', StringValue: String(publishedAt) },
      [deadLetterReasonAttribute]: { DataType: 'String', StringValue: asciiJson(text) },
    },
    omitted,
  });
  function* shorterAndShorter(): Generator<FittedAttributes> {
    yield withReason({ ...reason, ...wholly }, sent, 0);
    yield withReason({ ...brief, ...wholly }, sent, 0);
    yield withReason({ ...brief, ...omitting(movedCount) }, sent, movedCount);
    const smallestFirst = sent.toSorted(([a, one], [b, other]) => bytesOf(a, one) - bytesOf(b, other));
    for (let kept = smallestFirst.length; kept >= 0; kept--) {
      const omitted = movedCount + smallestFirst.length - kept;
      yield withReason({ ...named, message, ...omitting(omitted) }, smallestFirst.slice(0, kept), omitted);
      yield withReason({ ...named, ...omitting(omitted) }, smallestFirst.slice(0, kept), omitted);
    }
    yield withReason({ ...barest, ...omitting(movedCount + sent.length) }, [], movedCount + sent.length);
  }
  let fitted: FittedAttributes | undefined;
  for (fitted of shorterAndShorter()) if (sizeOf(fitted.attributes) <= room) break;
  return fitted as FittedAttributes;
}

/** Size of the attributes in bytes. */
export function sizeOf(attributes: LetterAttributes): number {
  return Object.entries(attributes).reduce((sum, [name, value]) => sum + bytesOf(name, value), 0);
}

/**
 * Splits the attributes into those that SQS accepts beside `first-published` and the reason, and those that move into
 * the reason.
 */
function sortOut(produced: Readonly<Record<string, unknown>>) {
  const sent: [name: string, value: MessageAttributeValue][] = [];
  const moved: [name: string, value: { readonly type: string; readonly value: string }][] = [];
  for (const [name, attribute] of Object.entries(produced)) {
    if (name === deadLetterReasonAttribute || name === firstPublishedAttribute) continue;
    const value = sent.length < maxMessageAttributes - 2 ? sendable(name, attribute) : undefined;
    if (value === undefined) moved.push([name, plain(attribute)]);
    else sent.push([name, value]);
  }
  return { sent, moved };
}

function plain(attribute: unknown): { readonly type: string; readonly value: string } {
  const { dataType, stringValue, binaryValue } = (attribute ?? {}) as Record<string, unknown>;
  return { type: textOf(dataType ?? ''), value: textOf(stringValue ?? binaryValue ?? '') };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? typeof value);
}

/** JSON in ASCII, because SQS refuses some characters (for example U+FFFE) that a body can contain in escaped form. */
function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
