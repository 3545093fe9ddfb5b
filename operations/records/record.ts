import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { recordAttributes as attribute } from '../../contract/record/record-attributes.ts';
import type { StoredRecord } from '../../runtime/ports/record-store.ts';
import { readRecord } from '../../runtime/stores/dynamodb/record.ts';
import { unmarshallItem } from '../../runtime/values/attribute-values.ts';

/** A record as a tool sees it: what the store reads, and the event's names. */
export interface SeenRecord extends StoredRecord {
  /** The idempotency key. */
  readonly id: string;
  readonly consumer: string;
  readonly source?: string | undefined;
  readonly eventId?: string | undefined;
  readonly subject?: string | undefined;
  readonly sequence?: string | undefined;
  /** Milliseconds since the epoch. */
  readonly completedAt?: number | undefined;
  /** What an operator decided, as JSON: see `Decision`. */
  readonly decision?: string | undefined;
}

/** @throws Error for an item without an id. */
export function seenRecord(item: Record<string, AttributeValue>): SeenRecord {
  const record = readRecord(item);
  const values = unmarshallItem(item);
  const id = values[attribute.id];
  if (record === undefined || typeof id !== 'string') throw new Error('A record without an id');
  const text = (name: keyof typeof attribute) => values[attribute[name]] as string | undefined;
  return {
    ...record,
    id,
    consumer: text('consumer') ?? id.slice(0, id.indexOf('#')),
    source: text('source'),
    eventId: text('eventId'),
    subject: text('subject'),
    sequence: text('sequence'),
    decision: text('decision'),
    completedAt: values[attribute.completedAt] as number | undefined,
  };
}

/** What a record keeps to send its message again. It can have 400 KB, and is personal. */
const kept: ReadonlySet<keyof typeof attribute> = new Set(['body', 'messageAttributes']);

/** All other attributes. */
const shown = (Object.keys(attribute) as (keyof typeof attribute)[]).filter((name) => !kept.has(name));

/** The part of a read that leaves out the message. */
export const withoutBody = {
  ProjectionExpression: shown.map((name) => `#${name}`).join(', '),
  ExpressionAttributeNames: Object.fromEntries(shown.map((name) => [`#${name}`, attribute[name]])),
};
