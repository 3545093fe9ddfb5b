import { StoreBusyError } from '../../handler/errors.ts';
import type { RecordStore } from '../../ports/record-store.ts';
import type { Job } from '../guarantee.ts';

/**
 * Whether an operator skips the message of a task that is about to block its group. The record is told which message
 * blocks, so that an operator can skip this one and no other.
 *
 * @throws StoreBusyError if the store is contended; whatever the store throws.
 */
export async function isSkipped({ identity }: Job, store: RecordStore): Promise<boolean> {
  const { id, messageId } = identity;
  const answer = await store.block(id, messageId);
  if (answer.kind === 'contended') throw new StoreBusyError(answer.cause);
  return answer.kind === 'blocked' && answer.skip === messageId;
}
