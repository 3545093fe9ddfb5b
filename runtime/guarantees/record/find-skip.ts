import { StoreBusyError } from '../../handler/errors.ts';
import type { RecordStore } from '../../ports/record-store.ts';
import type { Job } from '../guarantee.ts';

/**
 * Whether an operator skips a message that is about to block its group. The message's id is written into the record, so
 * that an operator can skip exactly this message.
 *
 * @throws StoreBusyError if the store is contended; the error of the store.
 */
export async function isSkipped({ identity }: Job, store: RecordStore): Promise<boolean> {
  const { id, messageId } = identity;
  const answer = await store.block(id, messageId);
  if (answer.kind === 'contended') throw new StoreBusyError(answer.cause);
  return answer.kind === 'blocked' && answer.skip === messageId;
}
