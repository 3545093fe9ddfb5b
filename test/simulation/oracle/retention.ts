import { deadLetterReasonAttribute } from '../../../contract/message-attributes.ts';
import { longestWaiting } from '../../../contract/retrying.ts';
import type { FifoQueue } from '../broker/fifo-queue.ts';
import type { Letter } from '../broker/message.ts';
import type { VirtualProcess } from '../world/virtual-process.ts';
import type { World } from '../world/world.ts';

export interface Deletion {
  readonly message: Letter & { readonly id: string };
  readonly queue: FifoQueue;
  readonly deadLetters: FifoQueue;
  /** The process that had the message last. */
  readonly holder: VirtualProcess | undefined;
}

/**
 * A queue deleted a message at its retention: its consumer should have saved it before. One whose clock is so far behind
 * that it saw the time to do so in the future is told apart, by this deletion alone: the message goes where it belongs,
 * so that all that follows in the run is judged as ever.
 */
export function deletedAtRetention(world: World, { message, queue, deadLetters, holder }: Deletion): void {
  const said = `${message.id} was deleted at the retention of ${queue.name}`;
  const behind = -(holder?.skew ?? 0) / 1000;
  if (behind < savedBefore(queue)) {
    world.violated(said);
    return;
  }
  world.violated(`${said} by a clock that is ${Math.round(behind / 60)} minutes behind`);
  const stringValue = JSON.stringify({ code: 'RETENTION', message: said });
  deadLetters.send({
    ...message,
    deduplicationId: message.id,
    attributes: { ...message.attributes, [deadLetterReasonAttribute]: { dataType: 'String', stringValue } },
  });
}

/** How long before its deletion the runtime saves a message at the latest, in seconds. */
function savedBefore({
  retentionSeconds: retention,
  visibilityTimeoutSeconds: visibilityTimeout,
}: FifoQueue) {
  // A process that ends leaves its messages hidden for as long.
  return retention - longestWaiting({ retention, visibilityTimeout }) - visibilityTimeout;
}
