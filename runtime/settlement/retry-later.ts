import type { CloudEvent } from '../../contract/event/event-parser.ts';
import type { QueueLimits } from '../../contract/policies/retry-policy.ts';
import { truncate } from '../../contract/truncate.ts';
import {
  type MoveToDeadLetterQueue,
  type OutcomeLog,
  type Reason,
  type RetryLater,
  reasonLog,
} from '../message/disposition.ts';
import { type Moment, retryAt, retrySoon, type Wait } from '../message/retry-schedule.ts';
import type { Message } from '../message/sqs-message.ts';

/** Options of a retry, and additional fields of its log line. */
export interface RetryOptions extends Wait {
  /** Whether every event fails with the error of the reason. */
  readonly commonFailure?: boolean;
  /** The record in which an operator can skip the message. */
  readonly recordId?: string | undefined;
}

interface RetryTerms extends Moment {
  readonly settings: QueueLimits;
  /** The event, if it is known. */
  readonly event: object | undefined;
}

/**
 * Keeps a message in its queue for a later retry. If SQS would delete it before that retry (retention), or move it
 * without a reason (`maxReceiveCount`), the message goes to the dead-letter queue now.
 *
 * The copy is sent whatever made the message wait. The record is written with one try, because the store may be what
 * does not answer. This cannot cause a double effect: a redrive finds the record that the last delivery left, including
 * a lease or an unknown outcome.
 */
export function retryLater(
  outcome: 'failed' | 'fenced' | 'blocked',
  reason: Reason,
  message: Message<CloudEvent>,
  terms: RetryTerms,
  { commonFailure = false, recordId, ...wait }: RetryOptions = {},
): RetryLater | MoveToDeadLetterQueue {
  const { attempts } = reason;
  const mark = { ...(commonFailure && { commonFailure }) };
  const log: OutcomeLog = {
    ...reasonLog(outcome, reason),
    ...mark,
    ...(attempts !== undefined && { attempts }),
    ...(recordId !== undefined && { recordId }),
  };
  const again = retryAt(message, terms, terms.settings, wait);
  const end = endOfQueue(message, again, terms.settings);
  if (end === undefined) return { kind: 'retry', at: again, log: { ...log, retryAt: again } };
  const text = truncate(`${end.message}. ${reason.code}: ${reason.message}`);
  const why = { ...reason, code: end.code, message: text };
  const soon = retrySoon(message, terms, terms.settings);
  return {
    kind: 'dead-letter',
    reason: why,
    record: terms.event === undefined ? 'unchanged' : 'quarantined-if-possible',
    ifNotSent: { kind: 'retry', at: soon, log: { ...log, retryAt: soon } },
    log: { ...reasonLog('poison', why), ...mark },
  };
}

/** Why SQS would not deliver the message again at that time; `undefined` if it would. */
function endOfQueue(
  { receiveCount, sentAt, latestRetryAt }: Message<CloudEvent>,
  again: number,
  { maxReceiveCount, queueRetentionSeconds }: QueueLimits,
): Pick<Reason, 'code' | 'message'> | undefined {
  if (again > latestRetryAt) {
    const deletion = new Date(sentAt + queueRetentionSeconds * 1000).toISOString();
    return { code: 'RETENTION', message: `Its queue would have deleted it at ${deletion}` };
  }
  if (receiveCount < maxReceiveCount) return undefined;
  const receives = `It was received ${receiveCount} times, the most that SQS counts`;
  return { code: 'RECEIVES_EXHAUSTED', message: receives };
}
