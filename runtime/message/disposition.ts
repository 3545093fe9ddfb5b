import type { DeadLetterReason } from '../../contract/message-attributes.ts';
import type { DeliveryLog } from '../../contract/reporting/delivery-log.ts';
import type { AnyCode } from '../../contract/reporting/reason-codes.ts';

/**
 * What happens to a message after its delivery. `settle` decides it, and `settleMessage` executes it. With `retry` the
 * message stays in its queue; otherwise it is settled. Nothing else decides that.
 */
export type Disposition = Acknowledge | MoveToDeadLetterQueue | RetryLater;

/** The message is settled. Lambda deletes it from its queue. */
export interface Acknowledge {
  readonly kind: 'acknowledge';
  /** Whether the list of operators may still say that the message blocks its group. */
  readonly isListed?: boolean;
  readonly log: OutcomeLog;
}

/** A copy goes to the dead-letter queue. Then the message is settled, and Lambda deletes it. */
export interface MoveToDeadLetterQueue {
  readonly kind: 'dead-letter';
  readonly reason: Reason;
  /**
   * How the event's record changes after the copy is sent.
   * - `quarantined`: it says that the event was given up. If the store does not write it, the message waits.
   * - `quarantined-if-possible`: the same, with one try. If the store does not write it, the message is settled anyway.
   * - `unchanged`: the record belongs to another event, keeps an unknown outcome, or does not exist.
   */
  readonly record: 'quarantined' | 'quarantined-if-possible' | 'unchanged';
  /**
   * What happens to the message if its copy cannot be sent. @default - it waits, and the reason says that nothing was
   * sent
   */
  readonly ifNotSent?: RetryLater;
  readonly ifSkipped?: MoveToDeadLetterQueue;
  readonly log: OutcomeLog;
}

/** The message stays in its queue, and its group waits behind it. */
export interface RetryLater {
  readonly kind: 'retry';
  /** Milliseconds since the epoch: its group is hidden until then. */
  readonly at: number;
  /** What happens to the message if its record shows an operator's skip. @default - the record is not read */
  readonly ifSkipped?: MoveToDeadLetterQueue;
  readonly log: OutcomeLog;
}

/** Why a message goes to the dead-letter queue, or why it stays. */
export type Reason = Pick<
  DeadLetterReason,
  'message' | 'field' | 'fingerprints' | 'attempts' | 'recordId' | 'attempt'
> & {
  readonly code: AnyCode;
  /** The error that led to it, only for the log. */
  readonly error?: unknown;
};

/** The fields of a delivery's log line that depend on its outcome. */
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
  /** The thrown values; the report converts them to text. */
  readonly error?: unknown;
  readonly foldError?: unknown;
};

/** The log fields of a reason. */
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
