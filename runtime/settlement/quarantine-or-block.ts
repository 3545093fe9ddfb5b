import type { CloudEvent } from '../../contract/event/event-parser.ts';
import { backoffAtCap } from '../../contract/policies/retry-policy.ts';
import { shorten } from '../../contract/truncate.ts';
import type { Job } from '../guarantees/guarantee.ts';
import { describe } from '../handler/errors.ts';
import type { Ending, Means } from '../message/delivery-context.ts';
import type { Message } from '../message/sqs-message.ts';
import { copy, quarantine, type Reason } from './move-to-dead-letter-queue.ts';
import { stay } from './retry-later.ts';

/**
 * An event that will not be applied as it is: to the dead-letter queue, or kept in front of its group until a deployment
 * heals it or an operator skips it. What other content came before is only copied: the record is that content's.
 */
export async function settlePoison(
  message: Message<CloudEvent>,
  task: Job,
  outcome: 'poison' | 'conflict',
  reason: Reason,
  means: Means,
): Promise<Ending> {
  const leave = async (why: Reason) =>
    outcome === 'conflict'
      ? await copy(message, outcome, why, means)
      : await quarantine(message, task, why, means);
  if (means.wiring.onPoison === 'quarantine') return await leave(reason);
  let unread = '';
  const skipped = await means.guarantee.isSkipped(task, means.wiring).catch((error: unknown) => {
    // A store that does not answer has told of no skip, and somebody may wait for one.
    unread = `. No skip could be read: ${describe(error)}`;
    return false;
  });
  if (skipped) return await leave(bySkip(reason));
  const atLeast = backoffAtCap(means.wiring.random.next());
  const why = { ...reason, message: shorten(`${reason.message}${unread}`) };
  const ending = await stay(message, 'blocked', why, means, task, { atLeast });
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
  means: Means,
): Promise<Ending | undefined> {
  if (means.wiring.onPoison === 'quarantine') return undefined;
  const skipped = await means.guarantee.isSkipped(task, means.wiring).catch(() => false);
  return skipped ? await quarantine(message, task, bySkip(reason), means) : undefined;
}

function bySkip(reason: Reason): Reason {
  return { ...reason, message: shorten(`Skipped by an operator: ${reason.message}`) };
}
