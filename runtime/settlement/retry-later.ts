import type { CloudEvent } from '../../contract/event/event-parser.ts';
import { shorten } from '../../contract/truncate.ts';
import type { Job } from '../guarantees/guarantee.ts';
import type { Ending, Means } from '../message/delivery-context.ts';
import { isLastReceive, lastStay, retryAt, soon, type Wait } from '../message/retry-schedule.ts';
import type { Message } from '../message/sqs-message.ts';
import type { Wiring } from '../ports/dependencies.ts';
import { copy, endingOf, type Reason } from './move-to-dead-letter-queue.ts';

/**
 * Leaves a message in its queue until it is tried again. SQS deletes a message at its retention, without a word and
 * without a dead-letter queue: what would come again too close to that is saved now. So is what SQS would not give again,
 * but move without its reason. Never rejects.
 *
 * @param job Whose record says then that it was given up; none where nobody knows the event.
 */
export async function stay(
  message: Message<CloudEvent>,
  outcome: 'failed' | 'fenced' | 'blocked',
  reason: Reason,
  means: Means,
  job?: Job,
  wait?: Wait,
): Promise<Ending> {
  const again = retryAt(message, means.wiring, wait);
  const { attempts } = reason;
  const ending = {
    ...endingOf(outcome, reason),
    ...(attempts !== undefined && { attempts }),
    retryAt: again,
  };
  const end = endOf(message, again, means.wiring);
  if (end === undefined) return ending;
  return await save(message, end, reason, means, job).catch((error: unknown) => {
    means.warn(`Message ${message.id} could not be copied before its queue gives it no more`, error);
    return { ...ending, retryAt: soon(message, means.wiring) };
  });
}

type End = Pick<Reason, 'code' | 'message'>;

/** Why its queue would not give a message again; `undefined` where it would. */
function endOf(message: Message<CloudEvent>, again: number, wiring: Wiring): End | undefined {
  if (again > lastStay(message, wiring)) {
    const deletion = new Date(message.sentAt + wiring.queueRetentionSeconds * 1000).toISOString();
    return { code: 'RETENTION', message: `Its queue would have deleted it at ${deletion}` };
  }
  if (!isLastReceive(message, wiring)) return undefined;
  const receives = `It was received ${message.receiveCount} times, the most that SQS counts`;
  return { code: 'RECEIVES_EXHAUSTED', message: receives };
}

/**
 * To the dead-letter queue, whatever made the message wait: the copy, then the record, then the acknowledgement. The
 * record is worth one try and no more, as what is away may be its store. Without it the message runs once more if its
 * acknowledgement is lost, as any message may, and the redrive of its copy finds it applied. Nothing runs twice for
 * this: a redrive meets the record that the last delivery left, a lease or an unknown outcome included.
 */
async function save(
  message: Message<CloudEvent>,
  end: End,
  reason: Reason,
  means: Means,
  job?: Job,
): Promise<Ending> {
  const { wiring, guarantee } = means;
  const text = shorten(`${end.message}. ${reason.code}: ${reason.message}`);
  const ending = await copy(message, 'poison', { ...reason, code: end.code, message: text }, means);
  if (job === undefined) return ending;
  await guarantee
    .quarantine({ ...job, deadline: wiring.clock.now() }, text, wiring)
    .catch((error: unknown) => {
      means.warn(`Message ${message.id} was copied, and its record does not say so`, error);
    });
  return ending;
}
