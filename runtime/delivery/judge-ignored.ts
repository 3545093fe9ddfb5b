import type { CloudEvent } from '../../contract/event/event-parser.ts';
import { isUnfinished } from '../guarantees/record/find-record.ts';
import type { DeliveryContext } from '../message/delivery-context.ts';
import type { Ignored } from '../message/reading.ts';
import type { Message } from '../message/sqs-message.ts';
import type { DeliveryVerdict } from '../settlement/settle.ts';
import { jobOf } from './delivery-task.ts';

/**
 * A message of a type that the consumer ignores is acknowledged, unless its event was begun and not applied: by a version of
 * the consumer that took the type. Acknowledged, that event would be lost without a trace, so its message is poison.
 *
 * Each message costs one request, which writes nothing. No attribute and no age shows that an event was never begun: if SQS moved
 * the message to the dead-letter queue and an operator redrives it, SQS counts its receives and its age anew.
 *
 * @throws Whatever the store throws: then the message waits.
 */
export async function judgeIgnored(
  message: Message<CloudEvent>,
  { type, error }: Ignored,
  context: DeliveryContext,
): Promise<DeliveryVerdict> {
  const { asItCame } = message.reading;
  // The consumer's `key` fails over it, so no version with this key has begun it.
  if (asItCame === undefined) return { outcome: 'ignored', type };
  const { guarantee, dependencies } = context;
  const tools = { ...dependencies, store: guarantee.store ?? dependencies.store };
  const job = jobOf(message, asItCame, context, false);
  return (await isUnfinished(job, guarantee.name, tools))
    ? { outcome: 'invalid', error }
    : { outcome: 'ignored', type };
}
