import type { CloudEvent } from '../../contract/event/event-parser.ts';
import { withStoreOf } from '../guarantees/guarantee.ts';
import { isUnfinished } from '../guarantees/record/find-record.ts';
import type { DeliveryContext } from '../message/delivery-context.ts';
import type { Ignored } from '../message/reading.ts';
import type { Message } from '../message/sqs-message.ts';
import type { DeliveryVerdict } from '../settlement/settle.ts';
import { jobOf } from './delivery-task.ts';

/**
 * Decides about a message whose type the consumer ignores. It is acknowledged, unless an earlier version of the
 * consumer accepted the type and left an unfinished record. The event would then be lost without a trace, so the
 * message is poison.
 *
 * Each message needs one request, which writes nothing. Attributes and age of a message cannot replace this request: if
 * SQS moved the message to the dead-letter queue and an operator redrives it, SQS restarts its receive count and its
 * age.
 *
 * @throws The error of the store; then the message waits.
 */
export async function judgeIgnored(
  message: Message<CloudEvent>,
  { type, error }: Ignored,
  context: DeliveryContext,
): Promise<DeliveryVerdict> {
  const { asItCame } = message.reading;
  // The consumer's `key` fails on this event, so no version with this key can have started it.
  if (asItCame === undefined) return { outcome: 'ignored', type };
  const { guarantee, dependencies } = context;
  const job = jobOf(message, asItCame, context, false);
  return (await isUnfinished(job, guarantee.name, withStoreOf(guarantee, dependencies)))
    ? { outcome: 'invalid', error }
    : { outcome: 'ignored', type };
}
