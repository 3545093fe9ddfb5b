import type { ConsumerDescription } from '../../contract/consumer-description.ts';
import type { ListedRecord } from '../records/list-attention.ts';
import type { SeenRecord } from '../records/record.ts';

/** What the deployed consumer itself decides about a body: the runtime's answer to `identify`. */
export type Decision =
  | { readonly wanted: true; readonly key: string; readonly fingerprint: string }
  | { readonly wanted: false; readonly type: string }
  | { readonly error: { readonly code: string; readonly message: string } };

/** Where an event of a file stands in its publication, by the publisher's journal. */
export type Publication =
  /** The topic accepted it. `firstPublished`: milliseconds since the epoch, if the journal still knows it. */
  | { readonly kind: 'accepted' }
  | { readonly kind: 'may-be-sent'; readonly firstPublished: number }
  | { readonly kind: 'not-sent' }
  /** There is no journal. */
  | { readonly kind: 'unknown' };

/** An event that somebody asks about, from a file of events. */
export interface AskedEvent {
  readonly source: string;
  readonly id: string;
  readonly subject?: string | undefined;
  readonly messageGroup: string;
  readonly body: string;
  /** Its line in the file, from 1. */
  readonly line: number;
  readonly publication: Publication;
  /** The line of an event that the broker takes for the same message, because it has the same deduplication id. */
  readonly sameAsLine?: number | undefined;
}

/** What stands between the topic and the handler. */
export interface Path {
  /** The event source mapping: `Enabled`, `Disabled`, `Updating`; `undefined` if there is none any more. */
  readonly mapping: string | undefined;
  /** Whether the topic still sends to the queue. */
  readonly isSubscribed: boolean;
  /** Whether the subscription drops messages by a filter policy. */
  readonly hasFilter: boolean;
  /** Messages in the queue, those in flight too. */
  readonly waiting: number;
  /** Messages in the dead-letter queue of the subscription: SNS could not deliver them. */
  readonly undelivered: number;
  /** Seconds: how long the queue keeps a message. */
  readonly retentionSeconds: number;
  /** Seconds: how long the dead-letter queue keeps one. */
  readonly deadLetterRetentionSeconds: number;
}

/** One event at one consumer. */
export interface EventFacts {
  /** From the file of events, if there is one and the event is in it. */
  readonly asked?: AskedEvent | undefined;
  readonly decision?: Decision | undefined;
  /** The event's record. */
  readonly record?: SeenRecord | undefined;
  /** Entries of its messages without a record of their own: conflicts, for instance. */
  readonly letters: readonly SeenRecord[];
}

export interface ConsumerFacts {
  readonly consumer: ConsumerDescription;
  readonly events: readonly EventFacts[];
  /** Read only if an event is not simply applied. */
  readonly path?: Path | undefined;
  /** What waits or blocks in the message groups of the events, the oldest first. */
  readonly ahead: readonly ListedRecord[];
  /** Whether the records can be found by their subject. */
  readonly hasSubjects: boolean;
}

/** A consumer, and the moment of the question. */
export interface Scene {
  readonly consumer: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly path: Path | undefined;
}
