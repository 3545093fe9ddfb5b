import { checkText } from '../../contract/check-text.ts';
import { NotSkippableError, StoreBusyError } from '../handler/errors.ts';
import type { RecordStore, StoredRecord } from '../ports/record-store.ts';
import { isKnownFormat, laterFormat } from '../stores/record-format.ts';

export interface SkipOptions {
  readonly store: RecordStore;
  /** The idempotency key of the record: `recordId` of the log line whose outcome is `blocked`. */
  readonly id: string;
  /** The SQS message that blocks its group: `messageId` of the same line. */
  readonly messageId: string;
}

/**
 * Lets a message no longer block its group: its next delivery, if that still finds it to be poison, moves it to the
 * dead-letter queue. Being bound to the message it needs no clean-up: a redrive of the copy has another id, and runs.
 *
 * @throws ConfigurationError for an id that is no text, and for a record that a newer version wrote in a format that this one
 *   does not know.
 * @throws NotSkippableError if the record does not exist, or names another message, or none, as the one that blocks;
 *   StoreBusyError where the store is contended; whatever the store throws, and then calling it again is safe.
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
