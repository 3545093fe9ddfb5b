import { firstPublishedAttribute } from '../../contract/message-attributes.ts';

/** One message for the topic. */
export interface Entry {
  /** Line of the input, from 1; errors name it. */
  readonly line: number;
  readonly body: string;
  readonly messageGroup: string;
  /** Without an id, the topic derives one from the body (content-based deduplication). */
  readonly deduplicationId?: string | undefined;
  /** Milliseconds since the epoch. */
  readonly firstPublished?: number | undefined;
}

/** An entry's message attributes. */
export function messageAttributes({
  firstPublished,
}: Entry): Record<string, { type: string; value: string }> {
  if (firstPublished === undefined) return {};
  return { [firstPublishedAttribute]: { type: 'Number', value: String(firstPublished) } };
}

/** Bytes of the entry that SNS counts for the request size: the body, and name, type and value of each attribute. */
export function sizeOf(entry: Entry): number {
  let bytes = Buffer.byteLength(entry.body);
  for (const [name, { type, value }] of Object.entries(messageAttributes(entry))) {
    bytes += Buffer.byteLength(name + type + value);
  }
  return bytes;
}
