import type { CloudEvent } from '../../contract/event/event-parser.ts';
import { attemptToRead, guaranteeOfBodies, type Read } from '../guarantees/external/body-attempt.ts';
import { withStoreOf } from '../guarantees/guarantee.ts';
import type { DeliveryContext } from '../message/delivery-context.ts';
import type { Message } from '../message/sqs-message.ts';
import type { DeliveryVerdict } from '../settlement/settle.ts';
import { bodyJobOf, isInWindow } from './delivery-task.ts';
import { type Judged, judgeByRecord } from './judge-by-record.ts';
import { verdictOnError } from './verdict.ts';

/**
 * Runs the consumer's parser on a body that may crash it, or on which it has failed. This is an attempt of that body,
 * counted in the record of the body.
 *
 * @param isCounted Whether the attempt is counted before the parser starts.
 * @returns The verdict, or the information that the parser has read the body. Never rejects.
 */
export async function readBody(
  message: Message<CloudEvent>,
  isCounted: boolean,
  context: DeliveryContext,
): Promise<Judged | Read> {
  const ofBodies = contextOfBodies(message, context);
  const job = bodyJobOf(message, ofBodies, isCounted);
  // Once the body was read, the consumer's `key` may have failed on it.
  const judged = (verdict: DeliveryVerdict) => ({ verdict, job, context: contextOfBodies(message, context) });
  try {
    const tools = withStoreOf(context.guarantee, context.dependencies);
    const verdict = await attemptToRead(job, () => read(message), tools);
    if (verdict.outcome === 'read') return verdict;
    // An event that was applied never blocks, whatever its parser does now.
    const known = verdict.outcome === 'tried' ? await judgeByRecord(message, context) : undefined;
    return known ?? judged(verdict);
  } catch (error) {
    return judged(await verdictOnError(error, job, ofBodies));
  }
}

/** A body without an identity, or one that is too old, never blocks its group. */
function contextOfBodies(message: Message<CloudEvent>, context: DeliveryContext): DeliveryContext {
  const { parsed, names, asItCame } = message.reading;
  const isNamed = (parsed === undefined ? names : asItCame) !== undefined;
  const mayBlock = isNamed && isInWindow(message, context);
  return {
    ...context,
    guarantee: guaranteeOfBodies(context.guarantee.store),
    dependencies: mayBlock ? context.dependencies : { ...context.dependencies, onPoison: 'quarantine' },
  };
}

/** @throws The error of the parser. */
function read({ reading: { content } }: Message<CloudEvent>): void {
  if ('failed' in content) throw content.failed;
  if ('waits' in content) throw content.waits;
}
