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
  /** The processes that had the message, the last one last. */
  readonly holders: readonly VirtualProcess[];
}

/**
 * A queue deleted a message at its retention: its consumer should have saved it before. One whose clock is so far behind
 * that it saw the time to do so in the future is told apart, by this deletion alone: the message goes where it belongs,
 * so that all that follows in the run is judged as ever.
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
 * How long before its deletion a message may be saved, in seconds: an hour is kept free, and a wait is half an hour at
 * most, where the receives that are left have to last. Numbers of the oracle's own, which do not move with the code's.
 */
const savedSoonestSeconds = 3600 + 1800;

export interface Rescue extends Pick<Deletion, 'queue' | 'holders'> {
  readonly message: { readonly id: string; readonly sentAt: number };
}

/** A message was copied since its queue was about to delete it. That has to be near, by a clock of one that had it. */
export function savedFromDeletion(world: World, { message: { id, sentAt }, queue, holders }: Rescue): void {
  const ahead = Math.max(0, ...holders.map(({ skew }) => skew));
  const leftSeconds = queue.retentionSeconds - (world.now + ahead - sentAt) / 1000;
  if (leftSeconds <= savedSoonestSeconds) return;
  world.violated(
    `${id} left ${queue.name} for its retention ${Math.round(leftSeconds / 60)} minutes before it`,
  );
}

/** How long before its deletion the runtime saves a message at the latest, in seconds. */
function savedBeforeSeconds({
  retentionSeconds: queueRetentionSeconds,
  visibilityTimeoutSeconds,
}: FifoQueue) {
  // A process that ends leaves its messages hidden for as long.
  const waiting = longestWaitingSeconds({ queueRetentionSeconds, visibilityTimeoutSeconds });
  return queueRetentionSeconds - waiting - visibilityTimeoutSeconds;
}
