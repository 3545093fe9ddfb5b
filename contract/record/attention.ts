import { sha256 } from '../event/identity.ts';

/**
 * The sparse index of the record table that lists what an operator may have to look at. A record is in it as long as it
 * has the attribute `attention`, and its partition key is the value of `attentionKey`. A first delivery that succeeds
 * never enters it.
 */
export const attentionIndex = 'attention';

/** The index of the record table that finds the records of a subject, an order's number for instance. */
export const subjectIndex = 'subject';

/**
 * - RETRYING: an attempt failed, or a suspect's attempt was counted, and the message waits for its next try. If `blocked`
 *   is the record's `message_id`, that message blocks its group.
 * - BLOCKED: a message blocks its group, and its record belongs to another event (a conflict).
 * - QUARANTINED: the event was given up, and the dead-letter queue has its copy.
 * - OUTCOME_UNKNOWN: only an operator can say whether the effect happened.
 * - DEAD_LETTER: the dead-letter queue has a copy without a record of its own: a conflict, an event out of the
 *   idempotency window, or a body without an event.
 */
export const attentionStates = [
  'RETRYING',
  'BLOCKED',
  'QUARANTINED',
  'OUTCOME_UNKNOWN',
  'DEAD_LETTER',
] as const;
export type AttentionState = (typeof attentionStates)[number];

/** A partition of the index takes 1,000 writes a second (AWS: "Partitions and data distribution"), so each state has 16. */
const shards = '0123456789abcdef';

/** The partition key of a listed record. @param id The record's `id`. */
export function attentionKey(consumer: string, state: AttentionState, id: string): string {
  return `${consumer}#${state}#${sha256(id).charAt(0)}`;
}

/** All partition keys of a consumer's records in a state, for a tool that lists them. */
export function attentionKeys(consumer: string, state: AttentionState): readonly string[] {
  return Array.from(shards, (shard) => `${consumer}#${state}#${shard}`);
}

const letterMark = '#%letter#';

/**
 * The key of the item that lists a message without a record of its own: `consumer#%letter#` and the SQS message id. No
 * event's key has this form: see `idempotencyKey`.
 */
export function letterKey(consumer: string, messageId: string): string {
  return `${consumer}${letterMark}${messageId}`;
}

/** Whether the record of this key lists a message, and is not that of an event. */
export function isLetterKey(key: string): boolean {
  return key.includes(letterMark);
}
