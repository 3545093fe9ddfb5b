import type { CloudEvent } from '../../contract/event/event-parser.ts';
import type { Job } from '../guarantees/guarantee.ts';
import { NeverEndedError } from '../handler/errors.ts';
import type { DeliveryContext } from '../message/delivery-context.ts';
import type { Disposition, MoveToDeadLetterQueue } from '../message/disposition.ts';
import type { Message } from '../message/sqs-message.ts';
import { listMessage, unlistMessage } from './list-message.ts';
import { sendCopy } from './send-copy.ts';
import { type DeliveryVerdict, type SettleTerms, settle } from './settle.ts';

/**
 * Decides what happens to a message and executes it: first the copy in the dead-letter queue, then the record, then the
 * log line, then the source queue. After a crash in between, SQS delivers the message again. There may then be a second
 * copy, which SQS drops for 5 minutes, but a copy is never missing.
 *
 * If the store or the dead-letter queue does not answer, the message waits. Never rejects.
 *
 * @param job `undefined` if the event is not known.
 * @returns Whether the message is settled, so that its group continues.
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

/** Updates the detection of common failures: an applied event ends one, and a failed event may be part of one. */
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
 * Checks in the record whether an operator skips a message that would stay. The same write stores which message blocks.
 *
 * @returns The resulting disposition. Never rejects.
 */
async function askForSkip(
  disposition: Disposition,
  message: Message<CloudEvent>,
  job: Job | undefined,
  context: DeliveryContext,
): Promise<Disposition> {
  if (!('ifSkipped' in disposition) || disposition.ifSkipped === undefined || job === undefined)
    return disposition;
  const { guarantee, dependencies, warn } = context;
  const { ifSkipped } = disposition;
  const skips = await guarantee.isSkipped(job, dependencies).catch((error: unknown) => {
    warn(`Whether an operator skips message ${message.id} could not be read: it stays`, error);
    return false;
  });
  if (skips) return ifSkipped;
  // The record is that of another event, so it does not list the message that blocks.
  if (ifSkipped.record === 'unchanged') await listMessage(message, 'BLOCKED', ifSkipped.reason, context);
  return disposition;
}

/** Sends the copy of a dead letter and writes its record. Takes an acknowledged message off the list of operators. */
async function execute(
  disposition: Disposition,
  message: Message<CloudEvent>,
  job: Job | undefined,
  context: DeliveryContext,
): Promise<Disposition> {
  if (disposition.kind === 'acknowledge' && disposition.isListed) await unlistMessage(message, context);
  if (disposition.kind !== 'dead-letter') return disposition;
  const { ifNotSent } = disposition;
  if (ifNotSent === undefined) return await moveToDeadLetterQueue(disposition, message, job, context);
  return await moveToDeadLetterQueue(disposition, message, job, context).catch((error: unknown) => {
    context.warn(`Message ${message.id} could not be copied before its queue gives it no more`, error);
    return ifNotSent;
  });
}

/** If the copy fails, the message stays. `Copy` in spec/OrderOnce.tla. */
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
  await recordCopy(disposition, message, job, context);
  return lacks === '' ? disposition : { ...disposition, log: { ...log, reason: `${log.reason}. ${lacks}` } };
}

/** Writes the record of a copy: that of its event, or an entry for operators if it has none. */
async function recordCopy(
  { record, reason }: MoveToDeadLetterQueue,
  message: Message<CloudEvent>,
  job: Job | undefined,
  context: DeliveryContext,
): Promise<void> {
  const { guarantee, dependencies, warn } = context;
  let isListed = false;
  if (job !== undefined && record === 'quarantined') {
    isListed = await guarantee.quarantine(job, reason, dependencies);
  } else if (job !== undefined && record === 'quarantined-if-possible') {
    const once = { ...job, deadlineAt: dependencies.clock.now() };
    isListed = await guarantee.quarantine(once, reason, dependencies).catch((error: unknown) => {
      warn(`Message ${message.id} was copied, and its record does not say so`, error);
      return false;
    });
  }
  if (!isListed) await listMessage(message, 'DEAD_LETTER', reason, context);
}
