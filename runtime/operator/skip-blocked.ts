import { checkText } from '../../contract/check-text.ts';
import { NotSkippableError, StoreBusyError } from '../handler/errors.ts';
import type { RecordStore, StoredRecord } from '../ports/record-store.ts';
import { isKnownFormat, laterFormat } from '../stores/record-format.ts';

export interface SkipOptions {
  readonly store: RecordStore;
  /** The idempotency key of the record: `recordId` of the log line whose outcome is `blocked`. */
  readonly id: string;
  /** Id of the SQS message that blocks its group: `messageId` of the same line. */
  readonly messageId: string;
}

/**
 * Skips a message that blocks its group: if its next delivery is still poison, it goes to the dead-letter queue. A skip
 * belongs to one message and needs no clean-up: a redrive of the copy has another message id, and runs.
 *
 * @throws ConfigurationError for an id that is not a text, and for a record with a format that this version does not
 *   know.
 * @throws NotSkippableError if the record does not exist, or if this message does not block; StoreBusyError if the
 *   store is contended; the error of the store. After an error it is safe to call this again.
 */
export async function skip({ store, id, messageId }: SkipOptions): Promise<void> {
  checkText('id', id);
  checkText('messageId', messageId);
  const answer = await store.skip(id, messageId);
  if (answer.kind === 'contended') throw new StoreBusyError(answer.cause);
  if (answer.kind === 'fenced' && answer.record !== undefined && !isKnownFormat(answer.record)) {
    throw laterFormat(id, answer.record);
  }
  if (answer.kind === 'fenced') throw new NotSkippableError(id, found(answer.record, messageId));
}

function found(record: StoredRecord | undefined, messageId: string): string {
  if (record === undefined) return 'does not exist';
  const { blocked, status } = record;
  if (blocked === undefined)
    return `is ${status}, and no message blocks over it, so ${messageId} cannot be skipped`;
  if (blocked !== messageId) return `names ${blocked} as the message that blocks, not ${messageId}`;
  return `is ${status}: message ${messageId} blocks no more`;
}
