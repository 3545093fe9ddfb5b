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

/** When a message is tried again, and what its log line says beside the reason. */
export interface RetryOptions extends Wait {
  /** Whether every event fails with the error of the reason. */
  readonly commonFailure?: boolean;
  /** The record in which an operator skips the message. */
  readonly recordId?: string | undefined;
}

interface RetryTerms extends Moment {
  readonly settings: QueueLimits;
  /** The event, if anybody knows which one it is. */
  readonly event: object | undefined;
}

/**
 * Leaves a message in its queue until it is tried again. If SQS would delete it before that (retention), or move it
 * without its reason (`maxReceiveCount`), it goes to the dead-letter queue now.
 *
 * That copy is sent whatever made the message wait. Its record is written in one try, since the store may be what does
 * not answer. Without it the message runs once more if its acknowledgement is lost, as any message may, and the redrive
 * of its copy finds it applied. Nothing runs twice for this: a redrive meets the record that the last delivery left, a
 * lease or an unknown outcome included.
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

/** Why its queue would not give a message again at that time; `undefined` if it would. */
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
