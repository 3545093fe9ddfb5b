import type { Outcome } from './outcomes.ts';

/** The `message` of the one log line that every delivery ends with. */
export const deliveryLogMessage = 'delivery';

/** The `message` of the log line that reports that every event fails with one error. A batch writes it at most once. */
export const commonFailureLogMessage = 'every event fails';

/** An error in a log line, with its causes: at most 16 KB of JSON; longer ones are cut. */
export interface LoggedError {
  /** The name of the error. If the value is not an error: its type. */
  readonly name: string;
  readonly message: string;
  readonly code?: string;
  readonly stack?: string;
  readonly cause?: LoggedError;
  /** For example, the members of an `AggregateError`. */
  readonly errors?: readonly LoggedError[];
  /** Number of causes that are left out, because the line has them elsewhere or they are too many. */
  readonly omitted?: number;
}

/** The fields of the line of a delivery. To count deliveries, count these lines. */
export interface DeliveryLog {
  readonly message: typeof deliveryLogMessage;
  readonly consumer: string;
  readonly outcome: Outcome;
  /** The SQS message id. */
  readonly messageId: string;
  /** The message group, or the keyed hash that stands for it: see `hashMessageGroup`. */
  readonly messageGroup: string;
  /** Number of receives of the message, including this one. */
  readonly receiveCount: number;
  /** The message ran as a suspect: alone, after all others of its batch, because it may end its process. */
  readonly suspect?: true;
  /** The message's X-Ray trace header (`AWSTraceHeader`). */
  readonly trace?: string;
  /** The producer's trace, in the format of W3C Trace Context: from the message's attribute, or else from the event. */
  readonly traceparent?: string;
  readonly source?: string;
  readonly eventId?: string;
  readonly sequence?: string;
  readonly subject?: string;
  /** For ignored: the `type` of the event. */
  readonly eventType?: string;
  /** For applied: number of stale effects that were left out; absent for none. */
  readonly stale?: number;
  /** For duplicate: id of the SQS message whose delivery applied the event. */
  readonly appliedWith?: string;
  /** For leased: end of the other delivery's lease, in milliseconds since the epoch. */
  readonly leaseUntil?: number;
  /** For failed, fenced and blocked: time of the group's next delivery, in milliseconds since the epoch. */
  readonly retryAt?: number;
  /** For failed and blocked, if the attempt was counted: number of failed attempts, including this one. */
  readonly attempts?: number;
  /** For failed: every event fails with this error, so the attempt was not counted. */
  readonly commonFailure?: true;
  /**
   * Why the event could not be committed together with the next ones of its group, if the store or the effects of an
   * event prevented that.
   */
  readonly foldFailure?: string;
  /** The error of `foldFailure`. */
  readonly foldError?: LoggedError;
  /**
   * For blocked: `id` of the record in which an operator can skip the message. For unknown: `id` of the record to
   * resolve.
   */
  readonly recordId?: string;
  /** Why the event was not applied. Absent for applied, duplicate and leased. */
  readonly code?: string;
  readonly reason?: string;
  readonly field?: string;
  /** The error that led to the outcome, if there was one. */
  readonly error?: LoggedError;
}
