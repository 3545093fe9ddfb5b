import type { MessageAttributeValue } from '@aws-sdk/client-sqs';
import type { SQSMessageAttributes } from 'aws-lambda';
import {
  deadLetterReasonAttribute,
  firstPublishedAttribute,
  maxMessageAttributes,
  type PackedAttributes,
  packedAttributesAttribute,
  resolvedAttemptAttribute,
} from '../../contract/message-attributes.ts';
import { sendable } from './sqs-attributes.ts';

/** Message attributes in the form of `SendMessage`. */
export type SendableAttributes = Readonly<Record<string, MessageAttributeValue>>;

/** Attributes that a moved message keeps, by how they travel. */
export interface SortedAttributes {
  readonly sent: readonly (readonly [name: string, value: MessageAttributeValue])[];
  /** What SQS refuses, and what has no place beside the others. `undefined` if there is nothing. */
  readonly packed: PackedAttributes | undefined;
}

/**
 * Returns the attributes of a received message with those that an earlier move has packed, because a message has at most
 * ten. Everything that reads attributes reads these.
 *
 * @param attributes As Lambda hands them over.
 */
export function unpack(attributes: SQSMessageAttributes): SQSMessageAttributes {
  const { [packedAttributesAttribute]: packed, ...others } = attributes;
  const unpacked = packed && fromText(packed.stringValue);
  return unpacked === undefined ? attributes : { ...unpacked, ...others };
}

/**
 * Sorts the attributes of a message that is sent again. The owner token of a resend comes first, because without it the
 * message could not run.
 *
 * @param attributes Of the received message, unpacked.
 * @param own The names of attributes that the sender sets itself.
 */
export function sortForSending(
  attributes: Readonly<Record<string, unknown>>,
  own: readonly string[],
): SortedAttributes {
  const kept = Object.entries(attributes)
    .filter(([name]) => !own.includes(name))
    .sort(([a], [b]) => Number(b === resolvedAttemptAttribute) - Number(a === resolvedAttemptAttribute));
  const room = maxMessageAttributes - own.length;
  const accepted = kept.flatMap(([name, value]) => {
    // An attribute of the producer's own with this name can only travel inside of the packed ones.
    const sent = name === packedAttributesAttribute ? undefined : sendable(name, value);
    return sent === undefined ? [] : [[name, sent] as const];
  });
  const sent =
    accepted.length === kept.length && kept.length <= room ? accepted : accepted.slice(0, room - 1);
  const names = new Set(sent.map(([name]) => name));
  const packed = kept.filter(([name]) => !names.has(name));
  return { sent, packed: packed.length === 0 ? undefined : packAll(packed) };
}

/** The attribute that holds packed attributes. */
export function packedValue(packed: PackedAttributes): MessageAttributeValue {
  return { DataType: 'String', StringValue: sqsJson(packed) };
}

/**
 * All attributes of a message as text, for a record from which the message is sent again. `first-published` is set, since
 * the idempotency window is counted from it; what belongs to an earlier move is left out.
 *
 * @param publishedAt Milliseconds since the epoch.
 */
export function keptAttributes(attributes: SQSMessageAttributes, publishedAt: number): string {
  const {
    [deadLetterReasonAttribute]: _,
    [resolvedAttemptAttribute]: __,
    [firstPublishedAttribute]: ___,
    ...kept
  } = attributes;
  const published = { dataType: 'Number', stringValue: String(publishedAt) };
  return sqsJson(packAll(Object.entries({ ...kept, [firstPublishedAttribute]: published })));
}

/**
 * The attributes of a message that is sent again from its record, at most ten.
 *
 * @param kept The text of `keptAttributes`. @param own Attributes that the sender sets itself.
 */
export function resendAttributes(kept: string | undefined, own: SendableAttributes): SendableAttributes {
  const { sent, packed } = sortForSending(fromText(kept) ?? {}, Object.keys(own));
  const rest = packed && { [packedAttributesAttribute]: packedValue(packed) };
  return { ...Object.fromEntries(sent), ...rest, ...own };
}

function packAll(attributes: readonly (readonly [name: string, value: unknown])[]): PackedAttributes {
  return Object.fromEntries(attributes.map(([name, value]) => [name, packedOf(value)]));
}

/** A record that was made by hand may have any value. */
function packedOf(attribute: unknown): PackedAttributes[string] {
  const { dataType, stringValue, binaryValue } = (attribute ?? {}) as Record<string, unknown>;
  return { type: textOf(dataType ?? ''), value: textOf(stringValue ?? binaryValue ?? '') };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? typeof value);
}

/** @returns `undefined` for a text that `packAll` did not make: a producer may use the same name. */
function fromText(text: unknown): SQSMessageAttributes | undefined {
  const packed = typeof text === 'string' ? parsed(text) : undefined;
  if (typeof packed !== 'object' || packed === null || Array.isArray(packed)) return undefined;
  const attributes = Object.entries(packed as Partial<PackedAttributes>);
  if (!attributes.every(([, one]) => typeof one?.type === 'string' && typeof one.value === 'string')) {
    return undefined;
  }
  return Object.fromEntries(
    attributes.map(([name, one]) => [name, unpackedOf(one as PackedAttributes[string])]),
  );
}

function unpackedOf({ type, value }: PackedAttributes[string]): SQSMessageAttributes[string] {
  const dataType = type as SQSMessageAttributes[string]['dataType'];
  return type.startsWith('Binary') ? { dataType, binaryValue: value } : { dataType, stringValue: value };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** JSON without U+FFFE and U+FFFF, which SQS refuses. JSON itself escapes all other characters that SQS refuses. */
function sqsJson(value: unknown): string {
  return JSON.stringify(value).replace(/[\ufffe\uffff]/g, escaped);
}

/** JSON in ASCII. */
export function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(/[\u007f-\uffff]/g, escaped);
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
