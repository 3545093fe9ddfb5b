import type { DeadLetterReason } from '../../contract/message-attributes.ts';
import type { DeliveryLog } from '../../contract/reporting/delivery-log.ts';
import type { AnyCode } from '../../contract/reporting/reason-codes.ts';

/**
 * What becomes of a message once its delivery is over: `settle` decides it, `settleMessage` carries it out. The message
 * stays in its queue if this is a `retry`, and is settled otherwise. Nothing else decides that.
 */
export type Disposition = Acknowledge | MoveToDeadLetterQueue | RetryLater;

/** The message is settled. Lambda deletes it from its queue. */
export interface Acknowledge {
  readonly kind: 'acknowledge';
  readonly log: OutcomeLog;
}

/** A copy goes to the dead-letter queue. Then the message is settled, and Lambda deletes it. */
export interface MoveToDeadLetterQueue {
  readonly kind: 'dead-letter';
  readonly reason: Reason;
  /**
   * What the event's record says once the copy is sent.
   * - `quarantined`: that the event was given up. If the store does not write it, the message waits.
   * - `quarantined-if-possible`: the same, in one try. If the store does not write it, the message is settled all the same.
   * - `unchanged`: what it said before. It is another event's record, or it keeps an unknown outcome, or there is none.
   */
  readonly record: 'quarantined' | 'quarantined-if-possible' | 'unchanged';
  /** What becomes of the message if its copy cannot be sent. @default - it waits, for the reason that nothing was sent */
  readonly ifNotSent?: RetryLater;
  readonly ifSkipped?: MoveToDeadLetterQueue;
  readonly log: OutcomeLog;
}

/** The message stays in its queue, and its group waits behind it. */
export interface RetryLater {
  readonly kind: 'retry';
  /** Milliseconds since the epoch: until then its group is hidden. */
  readonly at: number;
  /** What becomes of the message if its record says that an operator skips it. @default - nobody is asked */
  readonly ifSkipped?: MoveToDeadLetterQueue;
  readonly log: OutcomeLog;
}

/** Why a message goes to the dead-letter queue, or why it stays. */
export type Reason = Pick<
  DeadLetterReason,
  'message' | 'field' | 'fingerprints' | 'attempts' | 'recordId' | 'attempt'
> & {
  readonly code: AnyCode;
  /** The error that led to it, for the log alone. */
  readonly error?: unknown;
};

/** The fields of a delivery's log line that depend on how it ended. */
export type OutcomeLog = Pick<
  DeliveryLog,
  | 'outcome'
  | 'eventType'
  | 'stale'
  | 'appliedWith'
  | 'leaseUntil'
  | 'retryAt'
  | 'attempts'
  | 'commonFailure'
  | 'foldFailure'
  | 'recordId'
  | 'reason'
  | 'field'
> & {
  readonly code?: AnyCode;
  /** As they were thrown: the report makes text of them. */
  readonly error?: unknown;
  readonly foldError?: unknown;
};

/** The fields of a log line that a reason fills. */
export function reasonLog(
  outcome: OutcomeLog['outcome'],
  { code, message, field, error }: Reason,
): OutcomeLog {
  return {
    outcome,
    code,
    reason: message,
    ...(field !== undefined && { field }),
    ...(error !== undefined && { error }),
  };
}
