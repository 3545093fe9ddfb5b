/** Milliseconds since the epoch of the event's first publication; copied on every later move of the message. */
export const firstPublishedAttribute = 'first-published';

/**
 * On a message that an operator sent again: the owner token (`attempt`) of its OUTCOME_UNKNOWN record. The message can only run that
 * record again, so one decision causes at most one more try.
 */
export const resolvedAttemptAttribute = 'resolved-attempt';

/** JSON, a `DeadLetterReason`: why a consumer moved the message to its dead-letter queue. */
export const deadLetterReasonAttribute = 'dead-letter-reason';

/**
 * JSON, `PackedAttributes`: the attributes of a moved message that SQS refuses, or that have no place among the ten of a
 * message. A consumer unpacks them before it reads the message.
 */
export const packedAttributesAttribute = 'packed-attributes';

/** Attributes by name. `value` is base64 for a type that begins with `Binary`. */
export type PackedAttributes = Readonly<Record<string, { readonly type: string; readonly value: string }>>;

/** SQS allows at most ten attributes per message (AWS: "Amazon SQS message quotas"). */
export const maxMessageAttributes = 10;

/** The content of the attribute `dead-letter-reason`. */
export interface DeadLetterReason {
  readonly code: string;
  readonly message: string;
  readonly field?: string;
  readonly consumer: string;
  readonly messageGroup: string;
  /** The event's `sequence`, if it has one. */
  readonly sequence?: string;
  /** When the message was first received, in milliseconds since the epoch. */
  readonly firstReceived: number;
  /** Number of failed attempts, if they were counted. */
  readonly attempts?: number;
  /** For `BODY_KEPT`: the `id` of the record of the unknown outcome, and its `attempt`. */
  readonly recordId?: string;
  readonly attempt?: string;
  /** For a conflict: the fingerprint of the applied content and that of the new content. */
  readonly fingerprints?: {
    readonly applied: string;
    readonly received: string;
  };
  /** Number of attributes that are left out, because the copy would be too large. */
  readonly omittedAttributes?: number;
  /** The deduplication id of the first copy, if an operator moved this one to the end of the dead-letter queue. */
  readonly letter?: string;
  /** The id of the plan by which it was moved there. */
  readonly plan?: string;
  /** Describes the original body, if the copy's body is cut or replaces one that SQS refuses. */
  readonly originalBody?: {
    readonly bytes: number;
    readonly sha256: string;
  };
}
