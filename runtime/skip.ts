import { NotSkippableError, StoreBusyError } from './errors.ts';
import type { RecordStore } from './stores/record-store.ts';

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
 * @throws NotSkippableError where there is no such record; StoreBusyError where the store is contended; whatever the
 *   store throws, and then calling it again is safe.
 */
export async function skip({ store, id, messageId }: SkipOptions): Promise<void> {
  const answer = await store.skip(id, messageId);
  if (answer.kind === 'contended') throw new StoreBusyError(answer.cause);
  if (answer.kind === 'fenced') throw new NotSkippableError(id);
}
