import type { OrderOnceError } from '../../contract/errors.ts';
import type { CloudEvent } from '../../contract/event/event-parser.ts';
import { isInsideHistory } from '../../contract/policies/idempotency-window.ts';
import { backoffAtCapSeconds, type QueueLimits } from '../../contract/policies/retry-policy.ts';
import type { ReasonCode } from '../../contract/reporting/reason-codes.ts';
import { truncate } from '../../contract/truncate.ts';
import type { Job, Verdict } from '../guarantees/guarantee.ts';
import { codeOf, describe, NeverEndedError, retryAfterOf } from '../handler/errors.ts';
import type { CommonFailure } from '../message/common-failure.ts';
import {
  type Acknowledge,
  type Disposition,
  type MoveToDeadLetterQueue,
  type OutcomeLog,
  type Reason,
  reasonLog,
} from '../message/disposition.ts';
import { attemptsExhausted, type Moment } from '../message/retry-schedule.ts';
import type { Message } from '../message/sqs-message.ts';
import type { ConsumerDependencies } from '../ports/dependencies.ts';
import { bodyKept, fitsRecord } from './keep-body.ts';
import { retryLater } from './retry-later.ts';

/** The result of a delivery: the verdict of its guarantee, or the reason why there is none. */
export type DeliveryVerdict =
  | Verdict
  /** The body is not a valid event, and a retry cannot help. */
  | {
      readonly outcome: 'invalid';
      readonly error: OrderOnceError<ReasonCode> & { field?: string | undefined };
    }
  /** The consumer ignores events of this type. */
  | { readonly outcome: 'ignored'; readonly type: string }
  /**
   * The delivery ended with an error that does not come from the event: a store that does not answer, a bug, or a
   * setting.
   */
  | { readonly outcome: 'undecided'; readonly error: unknown }
  /** The handler was pending when the invocation was about to end. */
  | { readonly outcome: 'handler-timeout' };

/** The other inputs of a decision, besides the verdict and the message. */
export interface SettleTerms extends Moment {
  readonly settings: QueueLimits &
    Pick<ConsumerDependencies, 'recordTtlSeconds' | 'historyFrom' | 'onPoison'>;
  /** The event, if it is known. */
  readonly event: Pick<Job['identity'], 'id' | 'source' | 'eventId'> | undefined;
  /** Tells whether every event currently fails with an error. */
  readonly commonFailure: Pick<CommonFailure, 'is'>;
}

/**
 * Decides what happens to a message. A pure function: it reads no clock and sends no request.
 *
 *   applied, duplicate, quarantined, ignored acknowledge
 *   unknown                                  acknowledge; if its record has no room for the body, a copy goes first
 *   invalid, out-of-window                   dead-letter
 *   refused, conflict, tried for the last time   dead-letter; with `onPoison: 'block'` retry, unless an operator skips it
 *   leased, fenced, tried, undecided, handler-timeout   retry; dead-letter if the queue would not give it again
 */
export function settle(
  verdict: DeliveryVerdict,
  message: Message<CloudEvent>,
  terms: SettleTerms,
): Disposition {
  switch (verdict.outcome) {
    case 'applied':
      return acknowledge(verdict);
    case 'duplicate': {
      const { appliedWith, hasBlocked = false } = verdict;
      const log = { outcome: 'duplicate', ...(appliedWith !== undefined && { appliedWith }) } as const;
      return { ...acknowledge(log), ...(hasBlocked && { isListed: true }) };
    }
    case 'ignored':
      return acknowledge({ outcome: 'ignored', eventType: truncate(verdict.type) });
    case 'quarantined':
      return acknowledge({ outcome: 'poison', code: 'QUARANTINED', reason: verdict.reason });
    case 'unknown':
      return keepUnknown(verdict, message, terms);
    case 'invalid':
      return deadLetter('poison', reasonOf(verdict.error), 'unchanged');
    case 'out-of-window':
      return deadLetter('out-of-window', outOfWindow(message, terms), 'unchanged');
    case 'refused':
      return quarantineOrBlock('poison', reasonOf(verdict.error), message, terms);
    case 'conflict':
      return quarantineOrBlock('conflict', conflict(verdict, terms), message, terms);
    case 'tried':
      return retryOrGiveUp(verdict, message, terms);
    case 'undecided':
      return retryUndecided(verdict.error, message, terms);
    case 'handler-timeout':
      return retryLater('failed', handlerTimeout, message, terms);
    case 'fenced': {
      const reason: Reason = { code: 'FENCED', message: verdict.reason, error: verdict.error };
      return retryLater('fenced', reason, message, terms);
    }
    case 'leased': {
      const { leaseUntil } = verdict;
      return { kind: 'retry', at: leaseUntil, log: { outcome: 'leased', leaseUntil } };
    }
  }
}

/** The reason of a message whose handler was pending when the invocation was about to end. */
export const handlerTimeout: Reason = {
  code: 'HANDLER_TIMEOUT',
  message: 'It was pending when its invocation was about to end, and its process was ended',
};

/**
 * A body that was too large for its record is in the dead-letter queue. Another message with that body may be the
 * redrive of that copy. If it were acknowledged without a new copy, the body would be lost.
 */
function keepUnknown(
  { reason, keptWith, error }: Extract<Verdict, { outcome: 'unknown' }>,
  message: Message<CloudEvent>,
  { event }: SettleTerms,
): Disposition {
  const recordId = event?.id ?? '';
  const why: Reason = { code: 'OUTCOME_UNKNOWN', message: reason, error };
  if (keptWith === undefined && fitsRecord(message)) {
    return acknowledge({ ...reasonLog('unknown', why), recordId });
  }
  const text = `${reason}. A copy in the dead-letter queue keeps its body (BODY_KEPT)`;
  const log = { ...reasonLog('unknown', { ...why, message: text }), recordId };
  if (keptWith === undefined || keptWith.messageId === message.id) return acknowledge(log);
  const copied = bodyKept({ recordId, attempt: keptWith.ownerToken ?? '', reason });
  return { kind: 'dead-letter', reason: copied, record: 'unchanged', log };
}

function retryOrGiveUp(
  { error, history }: Extract<Verdict, { outcome: 'tried' }>,
  message: Message<CloudEvent>,
  terms: SettleTerms,
): Disposition {
  // An event whose handler no longer starts says nothing about the deployed handler. If it waited for the end of a
  // common failure, no success could end that failure.
  if (!(error instanceof NeverEndedError) && terms.commonFailure.is(error)) {
    return retryUndecided(error, message, terms);
  }
  const reason = { code: codeOf(error), message: describe(error), error };
  const { attempts } = history;
  if (!attemptsExhausted(history, message, terms.now)) {
    return retryLater('failed', { ...reason, attempts }, message, terms);
  }
  const text = truncate(`Attempt ${attempts} failed, as those before it: ${reason.message}`);
  const spent: Reason = { code: 'ATTEMPTS_EXHAUSTED', message: text, attempts, error };
  return quarantineOrBlock('poison', spent, message, terms);
}

/** Retries a message after an error that does not come from the event. */
function retryUndecided(error: unknown, message: Message<CloudEvent>, terms: SettleTerms): Disposition {
  const reason = { code: codeOf(error), message: describe(error), error };
  const commonFailure = terms.commonFailure.is(error);
  const retry = retryLater('failed', reason, message, terms, {
    retryAfterMs: retryAfterOf(error),
    commonFailure,
  });
  // The event may have blocked its group before. While all events fail, only this check reads a skip.
  const isBlocking = commonFailure && terms.settings.onPoison === 'block' && terms.event !== undefined;
  return isBlocking ? { ...retry, ifSkipped: skipped('poison', reason) } : retry;
}

/**
 * Decides about poison: it goes to the dead-letter queue. With `onPoison: 'block'` it stays at the head of its group
 * until a deployment fixes it or an operator skips it.
 */
function quarantineOrBlock(
  outcome: 'poison' | 'conflict',
  reason: Reason,
  message: Message<CloudEvent>,
  terms: SettleTerms,
): Disposition {
  if (terms.settings.onPoison === 'quarantine') return givenUp(outcome, reason);
  const blocked = retryLater('blocked', reason, message, terms, {
    atLeastSeconds: backoffAtCapSeconds(terms.random),
    recordId: terms.event?.id,
  });
  return { ...blocked, ifSkipped: skipped(outcome, reason) };
}

function skipped(outcome: 'poison' | 'conflict', reason: Reason): MoveToDeadLetterQueue {
  return givenUp(outcome, { ...reason, message: truncate(`Skipped by an operator: ${reason.message}`) });
}

/** The record of a conflict belongs to the earlier content, so it does not change. */
function givenUp(outcome: 'poison' | 'conflict', reason: Reason): MoveToDeadLetterQueue {
  return deadLetter(outcome, reason, outcome === 'conflict' ? 'unchanged' : 'quarantined');
}

function deadLetter(
  outcome: OutcomeLog['outcome'],
  reason: Reason,
  record: MoveToDeadLetterQueue['record'],
): MoveToDeadLetterQueue {
  return { kind: 'dead-letter', reason, record, log: reasonLog(outcome, reason) };
}

function acknowledge(log: OutcomeLog): Acknowledge {
  return { kind: 'acknowledge', log };
}

function conflict(
  { applied, received }: Extract<Verdict, { outcome: 'conflict' }>,
  { event }: SettleTerms,
): Reason {
  return {
    code: 'CONFLICT',
    message: `Event ${event?.eventId} of ${event?.source} came before with other content`,
    fingerprints: { applied, received },
  };
}

function outOfWindow({ publishedAt }: Message<CloudEvent>, { settings }: SettleTerms): Reason {
  const { historyFrom, recordTtlSeconds } = settings;
  const published = `Published at ${new Date(publishedAt).toISOString()}`;
  const message = isInsideHistory(publishedAt, historyFrom)
    ? `${published}, and records count for ${recordTtlSeconds} s: whether it was applied cannot be told any more`
    : `${published}, and the "history" of this consumer says that something else applied the events before ` +
      `${new Date(historyFrom ?? 0).toISOString()}: whether it was applied cannot be told`;
  return { code: 'OUT_OF_WINDOW', message };
}

/**
 * The reason for log and dead letter. It is truncated, because both have a limit, and the path of a field may be as
 * long as the body.
 */
function reasonOf(error: OrderOnceError<ReasonCode> & { field?: string | undefined }): Reason {
  const { code, field } = error;
  return { code, message: describe(error), error, ...(field !== undefined && { field: truncate(field) }) };
}
