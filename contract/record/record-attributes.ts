/**
 * Attributes of the record table. Attributes that Powertools also has keep the names of Powertools, so that the same
 * tools can read both kinds of records.
 */
export const recordAttributes = {
  id: 'id',
  status: 'status',
  /** Seconds since the epoch; DynamoDB's TTL attribute. */
  expiration: 'expiration',
  /** The fingerprint of the event's content, with the name of its algorithm: see `fingerprint`. */
  validation: 'validation',
  /** Owner token: a random text, made once per delivery before its first write. */
  attempt: 'attempt',
  attempts: 'attempts',
  /**
   * State of the last counted attempt: an `AttemptState`. Each write that sets `attempt` also sets or removes this
   * attribute.
   */
  attemptState: 'attempt_state',
  /** Milliseconds since the epoch. */
  firstAttemptAt: 'first_attempt_at',
  consumer: 'consumer',
  source: 'source',
  eventId: 'event_id',
  messageGroup: 'message_group',
  sequence: 'sequence',
  /** The event's subject, if it fits the key of an index: 1 to 2,048 bytes. */
  subject: 'subject',
  guarantee: 'guarantee',
  /** Milliseconds since the epoch. */
  completedAt: 'completed_at',
  /** Id of the SQS message whose delivery wrote the status. */
  messageId: 'message_id',
  /** Milliseconds since the epoch: when the lease of an INPROGRESS record ends. */
  inProgressExpiration: 'in_progress_expiration',
  /** The handler's result, as JSON text. */
  data: 'data',
  lastError: 'last_error',
  /** The event's body, stored while the outcome is unknown. */
  body: 'body',
  /** The attributes of its message, as JSON (`PackedAttributes`), stored with the body. */
  messageAttributes: 'message_attributes',
  /** Id of the SQS message that last blocked its group because of this record. An operator can skip this message. */
  blocked: 'blocked',
  /**
   * SHA-256 (hex) of a body that is too large for a record. The dead-letter queue has a copy with the deduplication id
   * `message_id`.
   */
  bodySha256: 'body_sha256',
  /**
   * Id of the SQS message that an operator skips, so that it no longer blocks its group. Other messages of the event
   * still run.
   */
  skip: 'skip',
  /** Partition key of the index `attention`; absent if nobody has to look at the record. See `attentionKey`. */
  attention: 'attention',
  /** Milliseconds since the epoch: when `attention` was last written. Sort key of the index. */
  attentionAt: 'attention_at',
  /** The reason code of a copy in the dead-letter queue. */
  attentionCode: 'attention_code',
  /**
   * Milliseconds since the epoch: the latest time of the message's next try, unless its handler asked for a longer wait, which
   * is 12 hours at most. If it is over by more than that, nobody works on the message.
   */
  nextTryAt: 'next_try_at',
  /** What an operator decided about the record, as JSON: `what`, `by`, `at` (ISO time) and `why`. Only tools write it. */
  decision: 'decision',
  /** Format of the record, a whole number; absent means 1. See `knownFormat`. */
  format: 'format',
} as const;

/**
 * The newest record `format` that this version knows. A record without the attribute has format 1. A version never
 * overwrites a record of a newer format, because the record may hold work that only the newer version can do.
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
 * State of the attempt that was counted last. STARTED: the attempt was counted before its handler started, and has not
 * finished; the state stays if the process ends. FAILED: the attempt finished, and the event itself caused its failure.
 * Absent: no attempt was counted, the count was taken back, or the event is settled.
 */
export const attemptStates = ['STARTED', 'FAILED'] as const;
export type AttemptState = (typeof attemptStates)[number];

/**
 * `true` in a tombstone. `removeIfNewer` replaces an item by a tombstone, which holds the key and the version of the
 * removal, so that an older event that arrives late does not bring the item back. Readers must treat a tombstone as an
 * absent item.
 */
export const tombstoneAttribute = 'order-once/removed';
