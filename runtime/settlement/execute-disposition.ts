import type { CloudEvent } from '../../contract/event/event-parser.ts';
import type { Job } from '../guarantees/guarantee.ts';
import { NeverEndedError } from '../handler/errors.ts';
import type { DeliveryContext } from '../message/delivery-context.ts';
import type { Disposition, MoveToDeadLetterQueue } from '../message/disposition.ts';
import type { Message } from '../message/sqs-message.ts';
import { sendCopy } from './send-copy.ts';
import { type DeliveryVerdict, type SettleTerms, settle } from './settle.ts';

/**
 * Decides what becomes of a message, and carries it out: first the copy in the dead-letter queue, then the record, then
 * the log line, then the queue. A crash in between lets SQS give the message again. Then there may be a second copy, which
 * the queue drops for 5 minutes, and never none.
 *
 * If the store or the dead-letter queue does not answer, the message waits. Never rejects.
 *
 * @param job `undefined` if nobody knows the event.
 * @returns Whether the message is settled, so that its group goes on.
 */
export async function settleMessage(
  verdict: DeliveryVerdict,
  message: Message<CloudEvent>,
  job: Job | undefined,
  context: DeliveryContext,
): Promise<boolean> {
  const terms = termsOf(job, context);
  noteSuccessOrFailure(verdict, job, context);
  let done: Disposition;
  try {
    const decided = settle(verdict, message, terms);
    done = await execute(await askForSkip(decided, message, job, context), message, job, context);
  } catch (error) {
    const waits = settle({ outcome: 'undecided', error }, message, termsOf(job, context));
    done = await execute(waits, message, job, context);
  }
  return await context.finish(message, done);
}

function termsOf(job: Job | undefined, { dependencies, commonFailure }: DeliveryContext): SettleTerms {
  return {
    now: dependencies.clock.now(),
    random: dependencies.random.next(),
    settings: dependencies,
    event: job?.identity,
    commonFailure,
  };
}

/** An applied event ends a failure of all events; an event that failed by itself may be part of one. */
function noteSuccessOrFailure(
  verdict: DeliveryVerdict,
  job: Job | undefined,
  { commonFailure }: DeliveryContext,
): void {
  if (verdict.outcome === 'applied') commonFailure.succeeded();
  if (verdict.outcome !== 'tried' || job === undefined || verdict.error instanceof NeverEndedError) return;
  commonFailure.failed(job.identity.id, verdict.error);
}

/**
 * Asks the record whether an operator skips a message that would stay. The record learns by that which message blocks.
 *
 * @returns What becomes of the message, by that answer. Never rejects.
 */
async function askForSkip(
  disposition: Disposition,
  message: Message<CloudEvent>,
  job: Job | undefined,
  { guarantee, dependencies, warn }: DeliveryContext,
): Promise<Disposition> {
  if (!('ifSkipped' in disposition) || disposition.ifSkipped === undefined || job === undefined)
    return disposition;
  const skips = await guarantee.isSkipped(job, dependencies).catch((error: unknown) => {
    warn(`Whether an operator skips message ${message.id} could not be read: it stays`, error);
    return false;
  });
  return skips ? disposition.ifSkipped : disposition;
}

/** Copies and records what has to be, and nothing if the message is acknowledged or stays. */
async function execute(
  disposition: Disposition,
  message: Message<CloudEvent>,
  job: Job | undefined,
  context: DeliveryContext,
): Promise<Disposition> {
  if (disposition.kind !== 'dead-letter') return disposition;
  const { ifNotSent } = disposition;
  if (ifNotSent === undefined) return await moveToDeadLetterQueue(disposition, message, job, context);
  return await moveToDeadLetterQueue(disposition, message, job, context).catch((error: unknown) => {
    context.warn(`Message ${message.id} could not be copied before its queue gives it no more`, error);
    return ifNotSent;
  });
}

/** A copy that fails leaves the message. `Copy` in spec/OrderOnce.tla. */
async function moveToDeadLetterQueue(
  disposition: MoveToDeadLetterQueue,
  message: Message<CloudEvent>,
  job: Job | undefined,
  context: DeliveryContext,
): Promise<Disposition> {
  const { log, reason } = disposition;
  const { error: _, ...why } = reason;
  const letter = { ...why, consumer: context.consumer };
  const lacks = await sendCopy(message, letter, context.dependencies.deadLetters);
  if (job !== undefined) await recordQuarantine(disposition, message, job, context);
  return lacks === '' ? disposition : { ...disposition, log: { ...log, reason: `${log.reason}. ${lacks}` } };
}

async function recordQuarantine(
  { record, reason }: MoveToDeadLetterQueue,
  { id }: Message<CloudEvent>,
  job: Job,
  { guarantee, dependencies, warn }: DeliveryContext,
): Promise<void> {
  if (record === 'quarantined') await guarantee.quarantine(job, reason.message, dependencies);
  if (record !== 'quarantined-if-possible') return;
  const once = { ...job, deadlineAt: dependencies.clock.now() };
  await guarantee.quarantine(once, reason.message, dependencies).catch((error: unknown) => {
    warn(`Message ${id} was copied, and its record does not say so`, error);
  });
}
