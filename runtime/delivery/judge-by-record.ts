import type { CloudEvent } from '../../contract/event/event-parser.ts';
import type { Job } from '../guarantees/guarantee.ts';
import type { DeliveryContext } from '../message/delivery-context.ts';
import type { Message } from '../message/sqs-message.ts';
import type { DeliveryVerdict } from '../settlement/settle.ts';
import { jobOf } from './delivery-task.ts';

/** The verdict of a delivery, and the job with which its message is settled. */
export interface Judged {
  readonly verdict: DeliveryVerdict;
  /** `undefined` if the event is not known. */
  readonly job: Job | undefined;
  readonly context: DeliveryContext;
}

/**
 * Returns the verdict of the record for an event that the deployed consumer cannot read, because its parser fails on it
 * or a schema refuses it. An earlier version may have applied the event. The body itself identifies the event.
 *
 * @returns `undefined` if the record does not decide, or has other content.
 * @throws The error of the guarantee's `findVerdict`; then the message waits.
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
