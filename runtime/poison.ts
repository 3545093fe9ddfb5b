import type { CloudEvent } from '../contract/event.ts';
import { backoffAtCap } from '../contract/retrying.ts';
import { shorten } from '../contract/shorten.ts';
import type { Ending, Means } from './ending.ts';
import { describe } from './errors.ts';
import type { Task } from './guarantees/guarantee.ts';
import { copy, quarantine, type Reason } from './leave.ts';
import type { Message } from './message.ts';
import { stay } from './stay.ts';

/**
 * An event that will not be applied as it is: to the dead-letter queue, or kept in front of its group until a deployment
 * heals it or an operator skips it. What other content came before is only copied: the record is that content's.
 */
export async function settlePoison(
  message: Message<CloudEvent>,
  task: Task<CloudEvent>,
  outcome: 'poison' | 'conflict',
  reason: Reason,
  means: Means,
): Promise<Ending> {
  if (means.wiring.onPoison === 'quarantine') return await leave(reason);
  const skipped = await means.guarantee.isSkipped(task, means.wiring).catch(unread);
  if (!skipped) return await block();
  return await leave({ ...reason, message: shorten(`Skipped by an operator: ${reason.message}`) });

  async function leave(why: Reason): Promise<Ending> {
    if (outcome === 'conflict') return await copy(message, outcome, why, means);
    return await quarantine(message, task, why, means);
  }

  /** A store that does not answer has told of no skip, and somebody may wait for one. */
  function unread(error: unknown): boolean {
    reason = { ...reason, message: shorten(`${reason.message}. No skip could be read: ${describe(error)}`) };
    return false;
  }

  async function block(): Promise<Ending> {
    const atLeast = backoffAtCap(means.wiring.random.next());
    const ending = await stay(message, 'blocked', reason, means, { atLeast });
    return ending.outcome === 'blocked' ? { ...ending, recordId: task.identity.id } : ending;
  }
}
