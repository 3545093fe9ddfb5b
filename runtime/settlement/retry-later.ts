import type { CloudEvent } from '../../contract/event/event-parser.ts';
import { truncate } from '../../contract/truncate.ts';
import type { Job } from '../guarantees/guarantee.ts';
import type { DeliveryContext, DeliveryResult } from '../message/delivery-context.ts';
import { isLastReceive, latestRetry, retryAt, retrySoon, type Wait } from '../message/retry-schedule.ts';
import type { Message } from '../message/sqs-message.ts';
import type { ConsumerDependencies } from '../ports/dependencies.ts';
import { copyToDeadLetterQueue, logReason, type Reason } from './move-to-dead-letter-queue.ts';

/**
 * Leaves a message in its queue until it is tried again. SQS deletes a message at its retention, without a word and
 * without a dead-letter queue: what would come again too close to that is saved now. So is what SQS would not give again,
 * but move without its reason. Never rejects.
 *
 * @param job Whose record says then that it was given up; none where nobody knows the event.
 */
export async function retryLater(
  message: Message<CloudEvent>,
  outcome: 'failed' | 'fenced' | 'blocked',
  reason: Reason,
  context: DeliveryContext,
  job?: Job,
  wait?: Wait,
): Promise<DeliveryResult> {
  const again = retryAt(message, context.dependencies, wait);
  const { attempts } = reason;
  const ending = {
    ...logReason(outcome, reason),
    ...(attempts !== undefined && { attempts }),
    retryAt: again,
  };
  const end = endOf(message, again, context.dependencies);
  if (end === undefined) return ending;
  return await rescueToDeadLetterQueue(message, end, reason, context, job).catch((error: unknown) => {
    context.warn(`Message ${message.id} could not be copied before its queue gives it no more`, error);
    return { ...ending, retryAt: retrySoon(message, context.dependencies) };
  });
}

type End = Pick<Reason, 'code' | 'message'>;

/** Why its queue would not give a message again; `undefined` where it would. */
function endOf(
  message: Message<CloudEvent>,
  again: number,
  dependencies: ConsumerDependencies,
): End | undefined {
  if (again > latestRetry(message, dependencies)) {
    const deletion = new Date(message.sentAt + dependencies.queueRetentionSeconds * 1000).toISOString();
    return { code: 'RETENTION', message: `Its queue would have deleted it at ${deletion}` };
  }
  if (!isLastReceive(message, dependencies)) return undefined;
  const receives = `It was received ${message.receiveCount} times, the most that SQS counts`;
  return { code: 'RECEIVES_EXHAUSTED', message: receives };
}

/**
 * To the dead-letter queue, whatever made the message wait: the copy, then the record, then the acknowledgement. The
 * record is worth one try and no more, as what is away may be its store. Without it the message runs once more if its
 * acknowledgement is lost, as any message may, and the redrive of its copy finds it applied. Nothing runs twice for
 * this: a redrive meets the record that the last delivery left, a lease or an unknown outcome included.
 */
async function rescueToDeadLetterQueue(
  message: Message<CloudEvent>,
  end: End,
  reason: Reason,
  context: DeliveryContext,
  job?: Job,
): Promise<DeliveryResult> {
  const { dependencies, guarantee } = context;
  const text = truncate(`${end.message}. ${reason.code}: ${reason.message}`);
  const ending = await copyToDeadLetterQueue(
    message,
    'poison',
    { ...reason, code: end.code, message: text },
    context,
  );
  if (job === undefined) return ending;
  await guarantee
    .quarantine({ ...job, deadline: dependencies.clock.now() }, text, dependencies)
    .catch((error: unknown) => {
      context.warn(`Message ${message.id} was copied, and its record does not say so`, error);
    });
  return ending;
}
