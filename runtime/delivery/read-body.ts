import type { CloudEvent } from '../../contract/event/event-parser.ts';
import { attemptToRead, guaranteeOfBodies, type Read } from '../guarantees/external/body-attempt.ts';
import { findDuplicate } from '../guarantees/record/find-duplicate.ts';
import type { DeliveryContext, DeliveryResult } from '../message/delivery-context.ts';
import type { Message } from '../message/sqs-message.ts';
import { conclude, retryOnError } from '../settlement/settle.ts';
import { bodyJobOf, isInWindow, jobOf } from './delivery-task.ts';
import { verdictOn } from './verdict.ts';

/**
 * Lets the consumer's parser read a body that it may not survive, or over which it has failed: an attempt of that body, in
 * a record of its own.
 *
 * @param isCounted Whether it is counted before the parser begins.
 * @returns How the delivery ended, or that the parser has said what the body is. Never rejects.
 */
export async function readBody(
  message: Message<CloudEvent>,
  isCounted: boolean,
  context: DeliveryContext,
): Promise<DeliveryResult | Read> {
  const { reading } = message;
  const { asItCame } = reading;
  const store = context.guarantee.store ?? context.dependencies.store;
  // What has no name, or is too old, blocks nobody.
  const mayBlock = asItCame !== undefined && isInWindow(message, context);
  const ofBodies: DeliveryContext = {
    ...context,
    guarantee: guaranteeOfBodies(context.guarantee.store),
    dependencies: mayBlock ? context.dependencies : { ...context.dependencies, onPoison: 'quarantine' },
  };
  const job = bodyJobOf(message, ofBodies, isCounted);
  try {
    const tools = { ...context.dependencies, store };
    const verdict = await verdictOn(job, ofBodies, () => attemptToRead(job, () => read(message), tools));
    if (verdict.outcome === 'read') return verdict;
    // An event that was applied blocks nobody, whatever its parser does now.
    const applied =
      verdict.outcome === 'tried' &&
      asItCame !== undefined &&
      (await findDuplicate(jobOf(message, asItCame, context, false), context.guarantee.name, tools));
    return await conclude(applied || verdict, message, job, ofBodies);
  } catch (error) {
    return await retryOnError(error, message, ofBodies, job);
  }
}

/** @throws What says that the parser has not read it. */
function read({ reading: { content } }: Message<CloudEvent>): void {
  if ('failed' in content) throw content.failed;
  if ('waits' in content) throw content.waits;
}
