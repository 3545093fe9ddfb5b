import type { OrderOnceError } from '../../contract/errors.ts';
import type { CloudEvent } from '../../contract/event/event-parser.ts';
import type { DeadLetterReason } from '../../contract/message-attributes.ts';
import { truncate } from '../../contract/truncate.ts';
import type { Job } from '../guarantees/guarantee.ts';
import { describe } from '../handler/errors.ts';
import { loggedError } from '../logging/logged-error.ts';
import type { DeliveryContext, DeliveryResult } from '../message/delivery-context.ts';
import type { Message } from '../message/sqs-message.ts';
import { sendCopy } from './send-copy.ts';

/** Why a message leaves its queue for the dead-letter queue, or why it stays. */
export type Reason = Pick<DeadLetterReason, 'code' | 'message' | 'field' | 'fingerprints' | 'attempts'> & {
  /** The error that led to it, for the log alone. */
  readonly error?: unknown;
};

/**
 * First the copy in the dead-letter queue, then the record, then the acknowledgement. A crash in between lets the
 * message come again: then there may be a second copy, which the queue drops for 5 minutes, and never none.
 */
export async function quarantine(
  message: Message<CloudEvent>,
  task: Job,
  reason: Reason,
  context: DeliveryContext,
): Promise<DeliveryResult> {
  const ending = await copyToDeadLetterQueue(message, 'poison', reason, context);
  await context.guarantee.quarantine(task, reason.message, context.dependencies);
  return ending;
}

/**
 * First the copy in the dead-letter queue, then the acknowledgement: a copy that fails leaves the message. For what
 * has no record of its own: no identity, another event's, or none that could be told. `Copy` in spec/OrderOnce.tla.
 */
export async function copyToDeadLetterQueue(
  message: Message<CloudEvent>,
  outcome: 'poison' | 'conflict' | 'out-of-window',
  reason: Reason,
  { consumer, dependencies }: DeliveryContext,
): Promise<DeliveryResult> {
  const { error: _, ...why } = reason;
  const lacks = await sendCopy(message, { ...why, consumer }, dependencies.deadLetters);
  return logReason(outcome, lacks === '' ? reason : { ...reason, message: `${reason.message}. ${lacks}` });
}

/** The fields of a log line that a reason fills. */
export function logReason<Outcome extends DeliveryResult['outcome']>(
  outcome: Outcome,
  { code, message, field, error }: Reason,
) {
  return {
    outcome,
    code,
    reason: message,
    ...(field !== undefined && { field }),
    ...(error !== undefined && { error: loggedError(error) }),
  };
}

/** What log and dead letter say: shortened, since both have a limit, and a field's path may be as long as the body. */
export function reasonOf(error: OrderOnceError & { field?: string | undefined }): Reason {
  const { code, field } = error;
  return { code, message: describe(error), error, ...(field !== undefined && { field: truncate(field) }) };
}
