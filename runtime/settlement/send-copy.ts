import type { CloudEvent } from '../../contract/event/event-parser.ts';
import { brokersMaxMessageSize } from '../../contract/event/event-size.ts';
import { describe } from '../handler/errors.ts';
import type { Message } from '../message/sqs-message.ts';
import type { DeadLetterQueue } from '../ports/queues.ts';
import { type DeadLetterDetails, deadLetterOf } from './dead-letter.ts';

/** SQS' error for a queue with a lower size limit: `MaximumMessageSize` can be as low as 1 KiB. */
const queuesOwnLimit = /must be shorter than (\d+) bytes/;

/**
 * Sends the copy of a message to the dead-letter queue, within the queue's size limit.
 *
 * @returns Sentences for the log about parts that the copy lacks; empty if it is complete.
 * @throws The error of the queue.
 */
export async function sendCopy(
  message: Message<CloudEvent>,
  why: DeadLetterDetails,
  deadLetters: DeadLetterQueue,
): Promise<string> {
  const { letter, lacks } = deadLetterOf(message, why);
  try {
    await deadLetters.send(letter);
    return lacks;
  } catch (error) {
    const limit = Number(queuesOwnLimit.exec(describe(error))?.[1]);
    if (!(limit < brokersMaxMessageSize)) throw error;
    const smaller = deadLetterOf(message, why, limit);
    await deadLetters.send(smaller.letter);
    return smaller.lacks;
  }
}
