import type { CloudEvent } from '../contract/event.ts';
import type { Ending, Means } from './ending.ts';
import { shorten } from './errors.ts';
import { copy, endingOf, type Reason } from './leave.ts';
import type { Message } from './message.ts';
import { lastStay, retryAt, type Wait } from './retry-at.ts';
import { taskOf } from './task.ts';

/**
 * Leaves a message in its queue until it is tried again. SQS deletes a message at its retention, without a word and
 * without a dead-letter queue: what would come again too close to that is saved now. Never rejects.
 */
export async function stay(
  message: Message<CloudEvent>,
  outcome: 'failed' | 'fenced' | 'blocked',
  reason: Reason,
  means: Means,
  wait?: Wait,
): Promise<Ending> {
  const again = retryAt(message, means.wiring, wait);
  const { attempts } = reason;
  const ending = {
    ...endingOf(outcome, reason),
    ...(attempts !== undefined && { attempts }),
    retryAt: again,
  };
  if (!(again > lastStay(message, means.wiring))) return ending;
  // Without a copy it stays: its queue may still give it once more before it deletes it.
  return await save(message, reason, means).catch(() => ending);
}

/**
 * To the dead-letter queue, whatever made the message wait: the copy, then the record, then the acknowledgement. The
 * record is worth one try and no more, as what is away may be its store. Without it the message runs once more if its
 * acknowledgement is lost, as any message may, and the redrive of its copy finds it applied. Nothing runs twice for
 * this: a redrive meets the record that the last delivery left, a lease or an unknown outcome included.
 */
async function save(message: Message<CloudEvent>, reason: Reason, means: Means): Promise<Ending> {
  const { wiring, guarantee } = means;
  const deletion = new Date(message.sentAt + wiring.queueRetentionSeconds * 1000).toISOString();
  const text = shorten(`Its queue would have deleted it at ${deletion}. ${reason.code}: ${reason.message}`);
  const ending = await copy(message, 'poison', { ...reason, code: 'RETENTION', message: text }, means);
  if ('event' in message.content) {
    const task = { ...taskOf(message, message.content, means), deadline: wiring.clock.now() };
    await guarantee.quarantine(task, text, wiring).catch(() => undefined);
  }
  return ending;
}
