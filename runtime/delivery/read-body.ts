import type { CloudEvent } from '../../contract/event/event-parser.ts';
import { attemptToRead, guaranteeOfBodies, type Read } from '../guarantees/external/body-attempt.ts';
import type { DeliveryContext } from '../message/delivery-context.ts';
import type { Message } from '../message/sqs-message.ts';
import type { DeliveryVerdict } from '../settlement/settle.ts';
import { bodyJobOf, isInWindow } from './delivery-task.ts';
import { type Judged, judgeByRecord } from './judge-by-record.ts';
import { verdictOnError } from './verdict.ts';

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
  // What has no name, or is too old, blocks nobody.
  const mayBlock = message.reading.asItCame !== undefined && isInWindow(message, context);
  const ofBodies: DeliveryContext = {
    ...context,
    guarantee: guaranteeOfBodies(context.guarantee.store),
    dependencies: mayBlock ? context.dependencies : { ...context.dependencies, onPoison: 'quarantine' },
  };
  const job = bodyJobOf(message, ofBodies, isCounted);
  const judged = (verdict: DeliveryVerdict) => ({ verdict, job, context: ofBodies });
  try {
    const store = context.guarantee.store ?? context.dependencies.store;
    const verdict = await attemptToRead(job, () => read(message), { ...context.dependencies, store });
    if (verdict.outcome === 'read') return verdict;
    // An event that was applied blocks nobody, whatever its parser does now.
    const known = verdict.outcome === 'tried' ? await judgeByRecord(message, context) : undefined;
    return known ?? judged(verdict);
  } catch (error) {
    return judged(await verdictOnError(error, job, ofBodies));
  }
}

/** @throws What says that the parser has not read it. */
function read({ reading: { content } }: Message<CloudEvent>): void {
  if ('failed' in content) throw content.failed;
  if ('waits' in content) throw content.waits;
}
