import type { CloudEvent } from '../../contract/event/event-parser.ts';
import { describe } from '../handler/errors.ts';
import type { Message } from '../message/sqs-message.ts';
import type { DeadLetterQueue } from '../ports/queues.ts';
import { type DeadLetterDetails, deadLetterOf, maxMessageBytes } from './dead-letter.ts';

/** SQS' answer where a queue takes less than SQS itself: its `MaximumMessageSize` may be as low as 1 KiB. */
const queuesOwnLimit = /must be shorter than (\d+) bytes/;

/**
 * Sends the copy of a message to the dead-letter queue, in the size that the queue takes.
 *
 * @returns What the copy lacks, as sentences for the log; empty for nothing.
 * @throws Whatever the queue throws.
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
    if (!(limit < maxMessageBytes)) throw error;
    const smaller = deadLetterOf(message, why, limit);
    await deadLetters.send(smaller.letter);
    return smaller.lacks;
  }
}
