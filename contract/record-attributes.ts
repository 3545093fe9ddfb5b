/**
 * Attributes of the record table. Names that Powertools uses for the same meaning are kept, so that its
 * records and ours can be read by the same eyes and tools.
 */
export const recordAttributes = {
  id: 'id',
  status: 'status',
  /** Seconds since the epoch; DynamoDB's TTL attribute. */
  expiration: 'expiration',
  /** The fingerprint of the event's content, with the name of its algorithm: see `fingerprint`. */
  validation: 'validation',
  /** Owner token: random per delivery, made before its first write. */
  attempt: 'attempt',
  attempts: 'attempts',
  /** What became of the attempt that was counted last: `AttemptState`. Whatever writes `attempt` sets or removes it. */
  attemptState: 'attempt_state',
  /** Milliseconds since the epoch. */
  firstAttemptAt: 'first_attempt_at',
  consumer: 'consumer',
  source: 'source',
  eventId: 'event_id',
  messageGroup: 'message_group',
  sequence: 'sequence',
  guarantee: 'guarantee',
  /** Milliseconds since the epoch. */
  completedAt: 'completed_at',
  /** The SQS message that the status was written for. */
  messageId: 'message_id',
  /** Milliseconds since the epoch: when the lease of an INPROGRESS record ends. */
  inProgressExpiration: 'in_progress_expiration',
  /** The handler's result, as JSON text. */
  data: 'data',
  lastError: 'last_error',
  /** The event's body, kept while its outcome is unknown. */
  body: 'body',
  /** The SQS message that was the last to block its group over this record: the one that an operator may skip. */
  blocked: 'blocked',
  /** SHA-256 (hex) of a body that fits no record: its copy is in the dead-letter queue, sent for `message_id`. */
  bodySha256: 'body_sha256',
  /** The SQS message that an operator skips: it no longer blocks its group. Another message of the event runs. */
  skip: 'skip',
  /** A whole number; absent means 1: see `knownFormat`. */
  format: 'format',
} as const;

/**
 * The newest `format` of records that this version knows; a record without one has format 1. No version writes over a
 * record of a format that it does not know: the record may hold what has yet to be done.
 */
export const knownFormat = 1;

export const recordStatuses = [
  'RETRYING',
  'INPROGRESS',
  'COMPLETED',
  'QUARANTINED',
  'OUTCOME_UNKNOWN',
] as const;
export type RecordStatus = (typeof recordStatuses)[number];

/**
 * What became of the attempt that was counted last. STARTED: it was counted before its handler started, and has not
 * ended; that remains if its process ends. FAILED: it ended, and failed by the event's own fault. None: nothing was
 * counted, or the count was taken back, or the event is settled.
 */
export const attemptStates = ['STARTED', 'FAILED'] as const;
export type AttemptState = (typeof attemptStates)[number];

/**
 * `true` in what `removeIfNewer` leaves of an item: its key and the version of its removal, so that a late event that
 * is older does not bring it back. Readers take an item that has this attribute for one that is not there.
 */
export const tombstoneAttribute = 'order-once/removed';
