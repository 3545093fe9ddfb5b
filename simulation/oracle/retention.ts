import { deadLetterReasonAttribute } from '../../contract/message-attributes.ts';
import { longestWaitingSeconds } from '../../contract/policies/retry-policy.ts';
import type { FifoQueue } from '../broker/fifo-queue.ts';
import type { Letter } from '../broker/message.ts';
import type { VirtualProcess } from '../world/virtual-process.ts';
import type { World } from '../world/world.ts';

export interface Deletion {
  readonly message: Letter & { readonly id: string };
  readonly queue: FifoQueue;
  readonly deadLetters: FifoQueue;
  /** The processes that received the message, in order. */
  readonly holders: readonly VirtualProcess[];
}

/**
 * A queue deleted a message at its retention, although its consumer should have saved it. If the last holder's clock
 * was so far behind that the deletion seemed to be in the future, only this deletion is allowed: the message is put
 * into the dead-letter queue, and the rest of the run is checked as usual.
 */
export function deletedAtRetention(world: World, { message, queue, deadLetters, holders }: Deletion): void {
  const said = `${message.id} was deleted at the retention of ${queue.name}`;
  const behindSeconds = -(holders.at(-1)?.skew ?? 0) / 1000;
  if (behindSeconds < savedBeforeSeconds(queue)) {
    world.violated(said);
    return;
  }
  world.violated(`${said} by a clock that is ${Math.round(behindSeconds / 60)} minutes behind`);
  const stringValue = JSON.stringify({ code: 'RETENTION', message: said });
  deadLetters.send({
    ...message,
    deduplicationId: message.id,
    attributes: { ...message.attributes, [deadLetterReasonAttribute]: { dataType: 'String', stringValue } },
  });
}

/**
 * Earliest time before its deletion at which a message may be saved, in seconds: an hour of margin, and a wait of at
 * most half an hour. The oracle has its own numbers, so that a change of the code's numbers is detected.
 */
const savedSoonestSeconds = 3600 + 1800;

export interface Rescue extends Pick<Deletion, 'queue' | 'holders'> {
  readonly message: { readonly id: string; readonly sentAt: number };
}

/**
 * Checks a message that was copied because of its retention: its deletion must be near, by the clock of a process that
 * had it.
 */
export function savedFromDeletion(world: World, { message: { id, sentAt }, queue, holders }: Rescue): void {
  const ahead = Math.max(0, ...holders.map(({ skew }) => skew));
  const leftSeconds = queue.retentionSeconds - (world.now + ahead - sentAt) / 1000;
  if (leftSeconds <= savedSoonestSeconds) return;
  world.violated(
    `${id} left ${queue.name} for its retention ${Math.round(leftSeconds / 60)} minutes before it`,
  );
}

/** Latest time before its deletion at which the runtime saves a message, in seconds. */
function savedBeforeSeconds({
  retentionSeconds: queueRetentionSeconds,
  visibilityTimeoutSeconds,
}: FifoQueue) {
  // The messages of an ended process stay hidden for the visibility timeout.
  const waiting = longestWaitingSeconds({ queueRetentionSeconds, visibilityTimeoutSeconds });
  return queueRetentionSeconds - waiting - visibilityTimeoutSeconds;
}
