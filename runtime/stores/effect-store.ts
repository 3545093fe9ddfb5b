import type { RecordStatus } from '../../contract/tables.ts';
import type { Effect } from '../effects.ts';

/** The record of an event that is about to be applied. */
export interface Completion {
  /** The idempotency key. */
  readonly id: string;
  readonly fingerprint: string;
  /** Owner token: random per delivery, the same for every try of that delivery. */
  readonly attempt: string;
  readonly consumer: string;
  readonly source: string;
  readonly eventId: string;
  readonly messageGroup: string;
  readonly sequence?: string | undefined;
  readonly messageId: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Seconds since the epoch: when the record stops to count. */
  readonly expiration: number;
}

/** What a record says to a delivery that found it. */
export interface StoredRecord {
  readonly status: RecordStatus;
  readonly expiration: number;
  readonly fingerprint: string;
  readonly attempt?: string | undefined;
  readonly messageId?: string | undefined;
}

export type CommitAnswer =
  | { readonly kind: 'committed' }
  /** The record's own condition failed; nothing was written. Without a record it vanished in between. */
  | { readonly kind: 'exists'; readonly record: StoredRecord | undefined }
  /** Nothing was written and nothing decided: throttling, or another transaction on the same items. */
  | { readonly kind: 'contended'; readonly cause: unknown }
  /** The effects will never be taken as they are. */
  | { readonly kind: 'refused'; readonly reason: string; readonly cause: unknown };

/**
 * A store that commits a record and the effects of its event together, or neither.
 * A call that rejects says nothing about the outcome: the commit may have happened.
 */
export interface EffectStore {
  /**
   * Commits if the record is absent, or waits for another try (RETRYING, QUARANTINED) with the same fingerprint.
   * @param over The `expiration` of an expired record to replace: commits only if the record still carries it.
   */
  commit(completion: Completion, effects: readonly Effect[], over?: number): Promise<CommitAnswer>;
}
