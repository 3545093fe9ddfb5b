import type { CloudEvent } from '../../contract/event/event-parser.ts';
import type { Job } from '../guarantees/guarantee.ts';
import type { DeliveryContext } from '../message/delivery-context.ts';
import type { Message } from '../message/sqs-message.ts';
import type { DeliveryVerdict } from '../settlement/settle.ts';
import { jobOf } from './delivery-task.ts';

/** What a delivery came to, and what its message is settled with. */
export interface Judged {
  readonly verdict: DeliveryVerdict;
  /** `undefined` if nobody knows the event. */
  readonly job: Job | undefined;
  readonly context: DeliveryContext;
}

/**
 * What the record of an event says that the consumer cannot read as it is deployed now: its parser fails over it, or a schema
 * refuses it. A version before may have applied the event. Which event it is, the body itself says.
 *
 * @returns `undefined` if the record leaves it open, or is of other content: then it says nothing of this event.
 * @throws Whatever `findVerdict` of the guarantee throws: then the message waits.
 */
export async function judgeByRecord(
  message: Message<CloudEvent>,
  context: DeliveryContext,
): Promise<Judged | undefined> {
  const { asItCame } = message.reading;
  if (asItCame === undefined) return undefined;
  const job = jobOf(message, asItCame, context, false);
  const verdict = await context.guarantee.findVerdict(job, context.dependencies);
  return verdict === undefined || verdict.outcome === 'conflict' ? undefined : { verdict, job, context };
}
