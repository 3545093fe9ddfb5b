/** Milliseconds since the epoch of the event's first publication; copied on every later move of the message. */
export const firstPublishedAttribute = 'first-published';

/**
 * On a message that an operator sent again: the `attempt` of the OUTCOME_UNKNOWN record that it was sent for. Only
 * that record is run again for it, so one decision is at most one more try.
 */
export const resolvedAttemptAttribute = 'resolved-attempt';

/** JSON, a `DeadLetterReason`: why a consumer moved the message to its dead-letter queue. */
export const deadLetterReasonAttribute = 'dead-letter-reason';

/** SQS takes at most ten attributes per message (AWS: "Amazon SQS message quotas"). */
export const maxMessageAttributes = 10;

/** What the attribute `dead-letter-reason` holds. */
export interface DeadLetterReason {
  readonly code: string;
  readonly message: string;
  readonly field?: string;
  readonly consumer: string;
  readonly messageGroup: string;
  /** The event's, where it has one. */
  readonly sequence?: string;
  /** Milliseconds since the epoch: when the message was received the first time. */
  readonly firstReceived: number;
  /** How many attempts failed, where they were counted. */
  readonly attempts?: number;
  /** For `BODY_KEPT`: the `id` of the record of the unknown outcome, and its `attempt`. */
  readonly recordId?: string;
  readonly attempt?: string;
  /** For a conflict: the fingerprint that was applied and the one that came. */
  readonly fingerprints?: {
    readonly applied: string;
    readonly received: string;
  };
  /** Attributes of the message that found no place beside the reason, or that SQS refuses (name to type and value). */
  readonly attributes?: Readonly<Record<string, { readonly type: string; readonly value: string }>>;
  /** How many of the message's attributes are left out, since the copy would be too large. */
  readonly omittedAttributes?: number;
  /** The message's own body, where the copy's is cut, or stands in for one that SQS refuses. */
  readonly originalBody?: {
    readonly bytes: number;
    readonly sha256: string;
  };
}
