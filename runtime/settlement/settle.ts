import type { CloudEvent } from '../../contract/event/event-parser.ts';
import { truncate } from '../../contract/truncate.ts';
import type { Job, Verdict } from '../guarantees/guarantee.ts';
import { codeOf, describe, NeverEndedError, retryAfterOf } from '../handler/errors.ts';
import { attemptsExhausted } from '../message/attempts.ts';
import type { DeliveryContext, DeliveryResult } from '../message/delivery-context.ts';
import type { Message } from '../message/sqs-message.ts';
import { copyBody, fitsRecord } from './keep-body.ts';
import { copyToDeadLetterQueue, logReason, type Reason, reasonOf } from './move-to-dead-letter-queue.ts';
import { leaveSkipped, settlePoison } from './quarantine-or-block.ts';
import { retryLater } from './retry-later.ts';

/** Ends a delivery as its verdict says. */
export async function conclude(
  verdict: Verdict,
  message: Message<CloudEvent>,
  task: Job,
  context: DeliveryContext,
): Promise<DeliveryResult> {
  switch (verdict.outcome) {
    case 'applied':
      context.commonFailure.succeeded();
      return verdict;
    case 'duplicate': {
      const { appliedWith } = verdict;
      return { outcome: 'duplicate', ...(appliedWith !== undefined && { appliedWith }) };
    }
    case 'busy':
      return { outcome: 'busy', leaseUntil: verdict.leaseUntil };
    case 'quarantined':
      return { outcome: 'poison', code: 'QUARANTINED', reason: verdict.reason };
    case 'unknown':
      return await keepUnknown(verdict, message, task, context);
    case 'refused':
      return await settlePoison(message, task, 'poison', reasonOf(verdict.error), context);
    case 'tried':
      return await retryOrGiveUp(verdict, message, task, context);
    case 'fenced':
      return await retryLater(
        message,
        'fenced',
        { code: 'FENCED', message: verdict.reason, error: verdict.error },
        context,
        task,
      );
    case 'conflict': {
      const reason = {
        code: 'CONFLICT',
        message: `Event ${task.identity.eventId} of ${task.identity.source} came before with other content`,
        fingerprints: { applied: verdict.applied, received: verdict.received },
      };
      return await settlePoison(message, task, 'conflict', reason, context);
    }
    case 'out-of-window': {
      const reason = {
        code: 'OUT_OF_WINDOW',
        message:
          `Published at ${new Date(message.publishedAt).toISOString()}, and records count for ` +
          `${context.dependencies.recordTtlSeconds} s: whether it was applied cannot be told any more`,
      };
      return await copyToDeadLetterQueue(message, 'out-of-window', reason, context);
    }
  }
}

/**
 * A body that its record has no room for is in the dead-letter queue. Another message with it may be the redrive of that
 * very copy: acknowledged as it is, it would be the last one that is left.
 */
async function keepUnknown(
  { reason, keptWith, error }: Extract<Verdict, { outcome: 'unknown' }>,
  message: Message<CloudEvent>,
  task: Job,
  context: DeliveryContext,
): Promise<DeliveryResult> {
  const recordId = task.identity.id;
  const ending = {
    ...logReason('unknown', { code: 'OUTCOME_UNKNOWN', message: reason, error }),
    recordId,
  };
  if (keptWith !== undefined && keptWith.messageId !== message.id) {
    await copyBody(message, { recordId, attempt: keptWith.ownerToken ?? '', reason }, context);
  }
  if (keptWith === undefined && fitsRecord(message.body)) return ending;
  return { ...ending, reason: `${reason}. A copy in the dead-letter queue keeps its body (BODY_KEPT)` };
}

async function retryOrGiveUp(
  { error, tries }: Extract<Verdict, { outcome: 'tried' }>,
  message: Message<CloudEvent>,
  task: Job,
  context: DeliveryContext,
): Promise<DeliveryResult> {
  // An event that is begun no more says nothing of the handler as it is deployed now. If it stayed for a common failure,
  // no success could end that.
  if (!(error instanceof NeverEndedError)) {
    context.commonFailure.failed(task.identity.id, error);
    if (context.commonFailure.is(error)) return await retryOnError(error, message, context, task);
  }
  const reason = { code: codeOf(error), message: describe(error), error };
  const { attempts } = tries;
  if (!attemptsExhausted(tries, message, context.dependencies)) {
    return await retryLater(message, 'failed', { ...reason, attempts }, context, task);
  }
  const text = truncate(`Attempt ${attempts} failed, as those before it: ${reason.message}`);
  return await settlePoison(
    message,
    task,
    'poison',
    { code: 'ATTEMPTS_EXHAUSTED', message: text, attempts, error },
    context,
  );
}

/**
 * What says nothing of the event leaves the message in its queue.
 * @param task None where the error came before it.
 */
export async function retryOnError(
  error: unknown,
  message: Message<CloudEvent>,
  context: DeliveryContext,
  task?: Job,
): Promise<DeliveryResult> {
  const reason: Reason = { code: codeOf(error), message: describe(error), error };
  const isCommon = context.commonFailure.is(error);
  // It may be one that blocked its group before, and while all fail nothing else looks for a skip.
  const left = isCommon && task && (await leaveSkipped(message, task, reason, context));
  if (left) return left;
  const ending = await retryLater(message, 'failed', reason, context, task, {
    retryAfter: retryAfterOf(error),
  });
  return isCommon ? { ...ending, commonFailure: true } : ending;
}
