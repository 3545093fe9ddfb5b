import {
  type DeadLetterReason,
  deadLetterReasonAttribute,
  firstPublishedAttribute,
  packedAttributesAttribute,
} from '../../contract/message-attributes.ts';
import { truncate } from '../../contract/truncate.ts';
import { asciiJson, packedValue, type SendableAttributes, sortForSending } from '../aws/packed-attributes.ts';
import { bytesOf } from '../aws/sqs-attributes.ts';

/** The reason of a copy, without the producer's attributes. */
export type LetterReason = Omit<DeadLetterReason, 'omittedAttributes'>;

export interface FittedAttributes {
  readonly attributes: SendableAttributes;
  /** Number of the producer's attributes that the copy lacks. */
  readonly omitted: number;
}

/** Maximum characters of a shortened reason. */
const briefly = 200;

/**
 * The attributes of a copy, in at most `room` bytes. The text of the reason makes room first, then the packed
 * attributes are left out, then the reason loses all that the body tells. Next the producer's other attributes are left
 * out, the largest first. `first-published` always stays, since the idempotency window is counted from it.
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
  const { sent, packed } = sortForSending(produced, [firstPublishedAttribute, deadLetterReasonAttribute]);
  const brief = { ...reason, message: truncate(reason.message, briefly) };
  const { code, consumer, message, messageGroup, firstReceived, originalBody } = brief;
  const { recordId, attempt } = brief;
  const barest = { code, consumer, messageGroup, firstReceived, ...(originalBody && { originalBody }) };
  // These fields identify the unknown outcome for which the copy keeps the body.
  const named = { ...barest, ...(recordId !== undefined && { recordId, attempt }) };
  const packedCount = Object.keys(packed ?? {}).length;
  const wholly = packed && { [packedAttributesAttribute]: packedValue(packed) };
  const omitting = (omitted: number) => ({ ...(omitted > 0 && { omittedAttributes: omitted }) });
  const withReason = (text: object, kept: typeof sent, omitted: number, rest = {}): FittedAttributes => ({
    attributes: {
      ...Object.fromEntries(kept),
      ...rest,
      [firstPublishedAttribute]: { DataType: 'Number', StringValue: String(publishedAt) },
      [deadLetterReasonAttribute]: { DataType: 'String', StringValue: asciiJson(text) },
    },
    omitted,
  });
  function* shorterAndShorter(): Generator<FittedAttributes> {
    yield withReason(reason, sent, 0, wholly);
    yield withReason(brief, sent, 0, wholly);
    yield withReason({ ...brief, ...omitting(packedCount) }, sent, packedCount);
    const smallestFirst = sent.toSorted(([a, one], [b, other]) => bytesOf(a, one) - bytesOf(b, other));
    for (let kept = smallestFirst.length; kept >= 0; kept--) {
      const omitted = packedCount + smallestFirst.length - kept;
      yield withReason({ ...named, message, ...omitting(omitted) }, smallestFirst.slice(0, kept), omitted);
      yield withReason({ ...named, ...omitting(omitted) }, smallestFirst.slice(0, kept), omitted);
    }
    yield withReason({ ...barest, ...omitting(packedCount + sent.length) }, [], packedCount + sent.length);
  }
  let fitted: FittedAttributes | undefined;
  for (fitted of shorterAndShorter()) if (sizeOf(fitted.attributes) <= room) break;
  return fitted as FittedAttributes;
}

/** Size of the attributes in bytes. */
export function sizeOf(attributes: SendableAttributes): number {
  return Object.entries(attributes).reduce((sum, [name, value]) => sum + bytesOf(name, value), 0);
}
