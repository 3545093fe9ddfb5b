import type { SQSMessageAttributes } from 'aws-lambda';
import { sha256 } from '../../contract/event/identity.ts';

/**
 * The attributes with which a producer publishes a body, beside `first-published`. With it there are ten, the most that SQS
 * accepts, so a copy with a reason has no place for all of them.
 */
export function producedAttributes(body: string): SQSMessageAttributes {
  const digest = sha256(body);
  const texts = Array.from({ length: 8 }, (_, index) => [
    `part-${index}`,
    { dataType: 'String' as const, stringValue: digest.slice(8 * index, 8 * index + 8) },
  ]);
  return {
    ...Object.fromEntries(texts),
    digest: { dataType: 'Binary', binaryValue: Buffer.from(digest, 'hex').toString('base64') },
  };
}

/** @returns The names of the produced attributes that a parser does not get. */
export function lackingAttributes(body: string, attributes: SQSMessageAttributes): string[] {
  return Object.entries(producedAttributes(body)).flatMap(([name, { stringValue, binaryValue }]) => {
    const given = attributes[name];
    const isThere = given?.stringValue === stringValue && given?.binaryValue === binaryValue;
    return isThere ? [] : [name];
  });
}
