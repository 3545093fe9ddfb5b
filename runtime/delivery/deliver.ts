import type { CloudEvent } from '../../contract/event/event-parser.ts';
import type { HandlerKind } from '../guarantees/guarantee.ts';
import type { DeliveryContext, DeliveryOptions, DeliveryResult } from '../message/delivery-context.ts';
import type { Message } from '../message/sqs-message.ts';
import { copyToDeadLetterQueue, reasonOf } from '../settlement/move-to-dead-letter-queue.ts';
import { conclude, retryOnError } from '../settlement/settle.ts';
import { commitTogether } from './commit-together.ts';
import { countsBeforeHandler, knownJobOf, taskOf } from './delivery-task.ts';
import { readBody } from './read-body.ts';
import { verdictOn } from './verdict.ts';

/**
 * Works on messages of one group: on as many at once as its guarantee folds, or on the first one alone, until each is
 * settled: applied, found to be applied, recorded as unknown, or copied to the dead-letter queue. What another delivery
 * may mend leaves it in its queue (`waitingOutcomes`), a store or queue that does not answer included. `Deliver` in
 * spec/OrderOnce.tla.
 *
 * @param messages None of them is a suspect, unless it is the only one.
 * @returns How the first of them ended, one after the other; only the last of these may have to come again. Never rejects.
 */
export async function* deliver<Event extends CloudEvent, Kind extends HandlerKind>(
  messages: readonly [Message<Event>, ...Message<Event>[]],
  options: DeliveryOptions<Event, Kind>,
): AsyncGenerator<readonly [message: Message<Event>, ending: DeliveryResult], void, undefined> {
  const [first] = messages;
  let failure: Pick<DeliveryResult, 'foldFailure' | 'foldError'>;
  try {
    const { settled, ...failed } = await commitTogether(messages, options);
    for (const [message, task, verdict] of settled) {
      yield [message, await orStay(message, options, () => conclude(verdict, message, task, options))];
    }
    if (settled.length > 0) return;
    failure = failed;
  } catch (error) {
    yield [first, await retryOnError(error, first, options, knownJobOf(first, options))];
    return;
  }
  yield [first, { ...(await orStay(first, options, () => deliverAlone(first, options))), ...failure }];
}

/** A suspect may survive neither its parser nor its handler: each is counted before it begins. */
async function deliverAlone<Event extends CloudEvent, Kind extends HandlerKind>(
  message: Message<Event>,
  options: DeliveryOptions<Event, Kind>,
): Promise<DeliveryResult> {
  const { reading } = message;
  const isCounted = countsBeforeHandler(message, options);
  const isUnread = isCounted && reading.parsed === undefined;
  let parserTook = 0;
  if (isUnread || 'failed' in reading.content) {
    const read = await readBody(message, isUnread, options);
    if (read.outcome !== 'read') return read;
    parserTook = read.took;
  }
  const { content } = reading;
  if ('failed' in content) throw content.failed;
  if ('waits' in content) throw content.waits;
  if ('invalid' in content)
    return await copyToDeadLetterQueue(message, 'poison', reasonOf(content.invalid), options);
  const { guarantee, handle, dependencies } = options;
  const task = taskOf(message, content, options, isCounted ? { parserTook } : undefined);
  try {
    const verdict = await verdictOn(task, options, () => guarantee.settle(task, handle, dependencies));
    return await conclude(verdict, message, task, options);
  } catch (error) {
    return await retryOnError(error, message, options, task);
  }
}

/** What does not answer leaves the message in its queue. */
async function orStay(
  message: Message<CloudEvent>,
  context: DeliveryContext,
  end: () => Promise<DeliveryResult>,
): Promise<DeliveryResult> {
  try {
    return await end();
  } catch (error) {
    return await retryOnError(error, message, context, knownJobOf(message, context));
  }
}
