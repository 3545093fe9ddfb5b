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
  context: DeliveryContext,
): Promise<void> {
  const { consumer, dependencies } = context;
  const store = storeOf(context);
  if (store.list === undefined) return;
  const now = dependencies.clock.now();
  const isBlocked = state === 'BLOCKED';
  const entry: ListedMessage = {
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
  };
  const failure = `Message ${message.id} is not in the list of operators`;
  await onceInTime(async () => await store.list?.(entry), failure, context);
}

/** Takes a message that blocked its group off the list of operators. One try, and a failure changes nothing else. */
export async function unlistMessage(message: Message<CloudEvent>, context: DeliveryContext): Promise<void> {
  const { consumer, dependencies } = context;
  const store = storeOf(context);
  if (store.unlist === undefined) return;
  const remove = async () => await store.unlist?.(consumer, message.id, dependencies.clock.now());
  const failure = `Message ${message.id} blocks no more, and is still in the list of operators until it expires`;
  await onceInTime(remove, failure, context);
}

function storeOf({ guarantee, dependencies }: DeliveryContext): RecordStore {
  return guarantee.store ?? dependencies.store;
}

/** Runs a request once, and waits at most a second for it. Never rejects. @param failure What a failure means, for the log. */
async function onceInTime(
  request: () => Promise<void>,
  failure: string,
  { dependencies: { clock }, deadlineAt, warn }: DeliveryContext,
): Promise<void> {
  const left = new Patience(Math.min(longestWaitMs, deadlineAt - clock.now()), clock);
  try {
    if (left.isOver) throw new Error('The invocation is about to end');
    const isDone = await left.waitFor(request().then(() => true));
    if (!isDone) throw new Error('The store did not answer in time');
  } catch (error) {
    warn(failure, error);
  } finally {
    left.end();
  }
}
