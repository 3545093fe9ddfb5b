import type { Outcome } from './outcomes.ts';

/** The `message` of the one log line that every delivery ends with. */
export const deliveryLogMessage = 'delivery';

/** The `message` of the log line, at most one for each batch, that says that every event fails with one error. */
export const commonFailureLogMessage = 'every event fails';

/** An error as log lines tell it, with all that caused it: at most 16 KB of JSON, cut where it is longer. */
export interface LoggedError {
  /** Of a value that is no error: its type. */
  readonly name: string;
  readonly message: string;
  readonly code?: string;
  readonly stack?: string;
  readonly cause?: LoggedError;
  /** The members of an `AggregateError`, for instance. */
  readonly errors?: readonly LoggedError[];
  /** How many of its causes are left out, since they are told elsewhere in the line or are too many. */
  readonly omitted?: number;
}

/** The fields of the line of a delivery. To count deliveries, count these lines. */
export interface DeliveryLog {
  readonly message: typeof deliveryLogMessage;
  readonly consumer: string;
  readonly outcome: Outcome;
  /** The SQS message id. */
  readonly messageId: string;
  readonly messageGroup: string;
  /** How often SQS had given the message, this time included. */
  readonly receiveCount: number;
  /** Whether it was delivered as one that may end its process: alone, after all others of its batch. */
  readonly suspect?: true;
  /** The X-Ray trace header that the message brought (`AWSTraceHeader`). */
  readonly trace?: string;
  readonly source?: string;
  readonly eventId?: string;
  readonly sequence?: string;
  /** For ignored: the `type` of the event. */
  readonly eventType?: string;
  /** For applied: how many of the event's effects were stale, and left out; absent for none. */
  readonly stale?: number;
  /** For a duplicate: the SQS message that the event was applied with. */
  readonly appliedWith?: string;
  /** For leased: until when another delivery holds the lease, in milliseconds since the epoch. */
  readonly leaseUntil?: number;
  /** For failed, fenced and blocked: until when its group is hidden, in milliseconds since the epoch. */
  readonly retryAt?: number;
  /** For failed and blocked, where the attempt was counted: how many have failed by now. */
  readonly attempts?: number;
  /** For failed: every event fails with this error, so that the attempt was not counted. */
  readonly commonFailure?: true;
  /** Why it could not be committed with those behind it, where the store or the effects of one did not let it. */
  readonly foldFailure?: string;
  /** The error of `foldFailure`. */
  readonly foldError?: LoggedError;
  /** For blocked and unknown: the `id` of the record in which an operator skips the message, or that is to be resolved. */
  readonly recordId?: string;
  /** For all but applied, duplicate and leased: why. */
  readonly code?: string;
  readonly reason?: string;
  readonly field?: string;
  /** Where an error led to the outcome. */
  readonly error?: LoggedError;
}
