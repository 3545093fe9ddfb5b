import type { CloudEvent } from '../../contract/event/event-parser.ts';
import { deadLetterReasonAttribute, resolvedAttemptAttribute } from '../../contract/message-attributes.ts';
import { isUnfinished } from '../guarantees/record/find-unfinished.ts';
import type { DeliveryContext } from '../message/delivery-context.ts';
import type { Ignored } from '../message/reading.ts';
import type { Message } from '../message/sqs-message.ts';
import type { DeliveryVerdict } from '../settlement/settle.ts';
import { jobOf } from './delivery-task.ts';

/**
 * A message of a type that the consumer ignores is acknowledged, unless its event was begun and not applied: by a version of
 * the consumer that took the type. Acknowledged, that event would be lost without a trace, so its message is poison.
 *
 * @throws Whatever the store throws: then the message waits.
 */
export async function judgeIgnored(
  message: Message<CloudEvent>,
  { type, error }: Ignored,
  context: DeliveryContext,
): Promise<DeliveryVerdict> {
  if (!mayHaveRecord(message)) return { outcome: 'ignored', type };
  const { asItCame } = message.reading;
  if (asItCame === undefined) return { outcome: 'invalid', error };
  const { guarantee, dependencies } = context;
  const tools = { ...dependencies, store: guarantee.store ?? dependencies.store };
  const job = jobOf(message, asItCame, context, false);
  return (await isUnfinished(job, guarantee.name, tools))
    ? { outcome: 'invalid', error }
    : { outcome: 'ignored', type };
}

/** In ms: how long SNS and SQS take, and some. A message that is younger when its queue takes it was not moved since. */
const longestOnTheWay = 5 * 60_000;

/**
 * Whether anybody can have begun the event of a message: it was given before, or it was moved since it was published. A
 * redrive counts its receives anew, so only its attributes and its age tell of one. The first delivery of a message costs no
 * request by that.
 */
function mayHaveRecord({ receiveCount, attributes, sentAt, publishedAt }: Message<CloudEvent>): boolean {
  if (receiveCount > 1 || sentAt - publishedAt > longestOnTheWay) return true;
  return deadLetterReasonAttribute in attributes || resolvedAttemptAttribute in attributes;
}
