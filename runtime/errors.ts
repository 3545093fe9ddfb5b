import { OrderOnceError } from '../contract/errors.ts';

/**
 * What a handler throws when trying again cannot help: the message goes to the dead-letter queue with this message
 * as its reason, and its group goes on. Any other error is retried.
 */
export class PermanentError extends OrderOnceError {
  constructor(message: string, options?: ErrorOptions) {
    super('PERMANENT', message, options);
  }
}

/** The store could not decide inside the invocation's time; the message waits for its next delivery. */
export class StoreBusyError extends OrderOnceError {
  constructor(cause: unknown) {
    super('STORE_BUSY', `The store did not take the commit in time: ${describe(cause)}`, { cause });
  }
}

/** A record holds a status that an exactly-once consumer neither writes nor may replace. */
export class UnfinishedRecordError extends OrderOnceError {
  constructor(status: string, id: string) {
    super('UNFINISHED_RECORD', `Record ${id} is ${status}, left by another guarantee: the message waits`);
  }
}

/** The code that logs and reasons carry for anything that was thrown. */
export function codeOf(error: unknown): string {
  if (error instanceof OrderOnceError) return error.code;
  return error instanceof Error ? error.name : 'UNKNOWN';
}

export function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
