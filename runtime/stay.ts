import type { CloudEvent } from '../contract/event.ts';
import type { Ending, Means } from './ending.ts';
import { shorten } from './errors.ts';
import { copy, endingOf, type Reason } from './leave.ts';
import type { Message } from './message.ts';
import { isLastReceive, lastStay, retryAt, soon, type Wait } from './retry-at.ts';
import { taskOf } from './task.ts';
import type { Wiring } from './wiring.ts';

/**
 * Leaves a message in its queue until it is tried again. SQS deletes a message at its retention, without a word and
 * without a dead-letter queue: what would come again too close to that is saved now. So is what SQS would not give again,
 * but move without its reason. Never rejects.
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
  if (!(again > lastStay(message, means.wiring)) && !isLastReceive(message, means.wiring)) return ending;
  return await save(message, reason, means).catch(() => ({
    ...ending,
    retryAt: soon(message, means.wiring),
  }));
}

function deletionOf({ sentAt }: Message<CloudEvent>, { queueRetentionSeconds }: Wiring): string {
  return new Date(sentAt + queueRetentionSeconds * 1000).toISOString();
}

/**
 * To the dead-letter queue, whatever made the message wait: the copy, then the record, then the acknowledgement. The
 * record is worth one try and no more, as what is away may be its store. Without it the message runs once more if its
 * acknowledgement is lost, as any message may, and the redrive of its copy finds it applied. Nothing runs twice for
 * this: a redrive meets the record that the last delivery left, a lease or an unknown outcome included.
 */
async function save(message: Message<CloudEvent>, reason: Reason, means: Means): Promise<Ending> {
  const { wiring, guarantee } = means;
  const { code, why } = isLastReceive(message, wiring)
    ? {
        code: 'RECEIVES_EXHAUSTED',
        why: `It was received ${message.receiveCount} times, the most that SQS counts`,
      }
    : { code: 'RETENTION', why: `Its queue would have deleted it at ${deletionOf(message, wiring)}` };
  const text = shorten(`${why}. ${reason.code}: ${reason.message}`);
  const ending = await copy(message, 'poison', { ...reason, code, message: text }, means);
  if ('event' in message.content) {
    const task = { ...taskOf(message, message.content, means), deadline: wiring.clock.now() };
    await guarantee.quarantine(task, text, wiring).catch(() => undefined);
  }
  return ending;
}
