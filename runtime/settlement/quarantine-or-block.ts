import type { CloudEvent } from '../../contract/event/event-parser.ts';
import { backoffAtCap } from '../../contract/policies/retry-policy.ts';
import { truncate } from '../../contract/truncate.ts';
import type { Job } from '../guarantees/guarantee.ts';
import { describe } from '../handler/errors.ts';
import type { DeliveryContext, DeliveryResult } from '../message/delivery-context.ts';
import type { Message } from '../message/sqs-message.ts';
import { copyToDeadLetterQueue, quarantine, type Reason } from './move-to-dead-letter-queue.ts';
import { retryLater } from './retry-later.ts';

/**
 * An event that will not be applied as it is: to the dead-letter queue, or kept in front of its group until a deployment
 * heals it or an operator skips it. What other content came before is only copied: the record is that content's.
 */
export async function settlePoison(
  message: Message<CloudEvent>,
  task: Job,
  outcome: 'poison' | 'conflict',
  reason: Reason,
  context: DeliveryContext,
): Promise<DeliveryResult> {
  const leave = async (why: Reason) =>
    outcome === 'conflict'
      ? await copyToDeadLetterQueue(message, outcome, why, context)
      : await quarantine(message, task, why, context);
  if (context.dependencies.onPoison === 'quarantine') return await leave(reason);
  let unread = '';
  const skipped = await context.guarantee.isSkipped(task, context.dependencies).catch((error: unknown) => {
    // A store that does not answer has told of no skip, and somebody may wait for one.
    unread = `. No skip could be read: ${describe(error)}`;
    return false;
  });
  if (skipped) return await leave(bySkip(reason));
  const atLeast = backoffAtCap(context.dependencies.random.next());
  const why = { ...reason, message: truncate(`${reason.message}${unread}`) };
  const ending = await retryLater(message, 'blocked', why, context, task, { atLeast });
  return ending.outcome === 'blocked' ? { ...ending, recordId: task.identity.id } : ending;
}

/**
 * An operator's skip of a message that would stay for another reason than that it is poison.
 *
 * @param reason Why it would stay.
 * @returns `undefined` if nobody skips it, or nobody knows.
 */
export async function leaveSkipped(
  message: Message<CloudEvent>,
  task: Job,
  reason: Reason,
  context: DeliveryContext,
): Promise<DeliveryResult | undefined> {
  if (context.dependencies.onPoison === 'quarantine') return undefined;
  const skipped = await context.guarantee.isSkipped(task, context.dependencies).catch(() => false);
  return skipped ? await quarantine(message, task, bySkip(reason), context) : undefined;
}

function bySkip(reason: Reason): Reason {
  return { ...reason, message: truncate(`Skipped by an operator: ${reason.message}`) };
}
