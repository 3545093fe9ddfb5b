import type { CloudEvent } from '../../contract/event/event-parser.ts';
import type { DeliveryContext } from '../message/delivery-context.ts';
import type { Reason } from '../message/disposition.ts';
import { latestNextTry } from '../message/retry-schedule.ts';
import type { Message } from '../message/sqs-message.ts';
import type { ListedMessage, RecordStore } from '../ports/record-store.ts';

/**
 * Lists a message without a record of its own for operators. One try, and a failure changes nothing: the message itself
 * is in its queue, and a tool that compares the list with the queue's count finds the difference.
 */
export async function listMessage(
  message: Message<CloudEvent>,
  state: ListedMessage['state'],
  { code, message: text }: Reason,
  { consumer, guarantee, dependencies, warn }: DeliveryContext,
): Promise<void> {
  const store: RecordStore = guarantee.store ?? dependencies.store;
  const now = dependencies.clock.now();
  try {
    await store.list?.({
      consumer,
      messageId: message.id,
      messageGroup: message.group,
      ...message.reading.names,
      state,
      reason: { code, message: text },
      now,
      ...(state === 'BLOCKED' && { nextTryAt: latestNextTry(message, now, dependencies) }),
      // Synthesis checks that records live longer than the messages of both queues.
      expiration: Math.floor(now / 1000) + dependencies.recordTtlSeconds,
    });
  } catch (error) {
    warn(`Message ${message.id} is not in the list of operators`, error);
  }
}
