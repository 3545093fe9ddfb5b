import type { CloudEvent } from '../../contract/event/event-parser.ts';
import type { DeliveryContext } from '../message/delivery-context.ts';
import type { Reason } from '../message/disposition.ts';
import { latestNextTry } from '../message/retry-schedule.ts';
import type { Message } from '../message/sqs-message.ts';
import type { ListedMessage, RecordStore } from '../ports/record-store.ts';
import { Patience } from '../values/shared-timeout.ts';

/**
 * Longest wait for an entry, in ms. A healthy request takes tens of milliseconds. A message that needs no record must
 * not wait for a store that does not answer: its process would be ended, and its copy sent again.
 */
const longestWaitMs = 1000;

/**
 * Lists a message without a record of its own for operators. One try, and a failure changes nothing: the message itself
 * is in its queue, and a tool that compares the list with the queue's count finds the difference.
 */
export async function listMessage(
  message: Message<CloudEvent>,
  state: ListedMessage['state'],
  { code, message: text }: Reason,
  { consumer, guarantee, dependencies, deadlineAt, warn }: DeliveryContext,
): Promise<void> {
  const store: RecordStore = guarantee.store ?? dependencies.store;
  if (store.list === undefined) return;
  const now = dependencies.clock.now();
  const isBlocked = state === 'BLOCKED';
  const left = new Patience(Math.min(longestWaitMs, deadlineAt - now), dependencies.clock);
  try {
    if (left.isOver) throw new Error('The invocation is about to end');
    const listed = store.list({
      consumer,
      messageId: message.id,
      messageGroup: message.group,
      ...message.reading.names,
      state,
      reason: { code, message: text },
      now,
      ...(isBlocked && { nextTryAt: latestNextTry(message, now, dependencies) }),
      // A message blocks no longer than its queue keeps it. Synthesis checks that records live longer than dead letters.
      expiration: isBlocked
        ? Math.ceil(message.sentAt / 1000) + dependencies.queueRetentionSeconds
        : Math.floor(now / 1000) + dependencies.recordTtlSeconds,
    });
    const written = listed.then(() => true);
    if (!(await left.waitFor(written))) throw new Error('The store did not answer in time');
  } catch (error) {
    warn(`Message ${message.id} is not in the list of operators`, error);
  } finally {
    left.end();
  }
}
