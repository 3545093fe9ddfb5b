import type { CloudEvent } from '../../contract/event/event-parser.ts';
import { attemptToRead, guaranteeOfBodies, type Read } from '../guarantees/external/body-attempt.ts';
import type { Job } from '../guarantees/guarantee.ts';
import { findDuplicate } from '../guarantees/record/find-record.ts';
import type { DeliveryContext } from '../message/delivery-context.ts';
import type { Message } from '../message/sqs-message.ts';
import type { DeliveryVerdict } from '../settlement/settle.ts';
import { bodyJobOf, isInWindow, jobOf } from './delivery-task.ts';
import { verdictOnError } from './verdict.ts';

/** What a delivery came to, and what its message is settled with. */
export interface Judged {
  readonly verdict: DeliveryVerdict;
  /** `undefined` if nobody knows the event. */
  readonly job: Job | undefined;
  readonly context: DeliveryContext;
}

/**
 * Lets the consumer's parser read a body that it may not survive, or over which it has failed: an attempt of that body, in
 * a record of its own.
 *
 * @param isCounted Whether it is counted before the parser begins.
 * @returns What the delivery came to, or that the parser has said what the body is. Never rejects.
 */
export async function readBody(
  message: Message<CloudEvent>,
  isCounted: boolean,
  context: DeliveryContext,
): Promise<Judged | Read> {
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
  const judged = (verdict: DeliveryVerdict) => ({ verdict, job, context: ofBodies });
  try {
    const tools = { ...context.dependencies, store };
    const verdict = await attemptToRead(job, () => read(message), tools);
    if (verdict.outcome === 'read') return verdict;
    // An event that was applied blocks nobody, whatever its parser does now.
    const applied =
      verdict.outcome === 'tried' &&
      asItCame !== undefined &&
      (await findDuplicate(jobOf(message, asItCame, context, false), context.guarantee.name, tools));
    return judged(applied || verdict);
  } catch (error) {
    return judged(await verdictOnError(error, job, ofBodies));
  }
}

/** @throws What says that the parser has not read it. */
function read({ reading: { content } }: Message<CloudEvent>): void {
  if ('failed' in content) throw content.failed;
  if ('waits' in content) throw content.waits;
}
