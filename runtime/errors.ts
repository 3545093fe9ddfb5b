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

/** A handler returned no list of effects: a mistake in its code, which a deployment can mend. The message waits. */
export class NoEffectsError extends OrderOnceError {
  constructor(returned: unknown) {
    super(
      'NO_EFFECTS',
      `The handler returned ${typeof returned} and not a list of effects: [] is the empty one`,
    );
  }
}

/** The code that logs and reasons carry for anything that was thrown. */
export function codeOf(error: unknown): string {
  if (error instanceof OrderOnceError) return error.code;
  return error instanceof Error ? error.name : 'UNKNOWN';
}

/** In characters: a parser may quote a body of hundreds of kilobytes, which neither a log nor an attribute takes. */
const maxLength = 1000;

/** The text that logs and reasons carry for anything that was thrown, at most 1,000 characters of it. */
export function describe(error: unknown): string {
  return shorten(textOf(error));
}

export function shorten(text: string): string {
  return text.length > maxLength ? `${text.slice(0, maxLength - 1)}…` : text;
}

function textOf(error: unknown): string {
  if (error instanceof Error) return error.message;
  try {
    return String(error);
  } catch {
    // Anything can be thrown, things without a text of their own too.
    return 'something that has no text';
  }
}
