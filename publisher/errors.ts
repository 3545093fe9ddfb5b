import { InvalidEventError, OneCodeError, OrderOnceError } from '../contract/errors.ts';

const publishErrorCodes = [
  /** The line is not a valid event; `cause` is the parser's error. */
  'INVALID_LINE',
  /** The key function threw, or returned no key. */
  'NO_DEDUPLICATION_KEY',
  /** The entry alone is larger than a request may be. */
  'TOO_LARGE',
  /** The topic refused the entry or the request, and would refuse it again; `cause` is the `TopicError`. */
  'REFUSED',
  /** The topic accepted none of the attempts; `cause` is the last one's `TopicError`. */
  'ATTEMPTS_USED_UP',
] as const;

export type PublishErrorCode = (typeof publishErrorCodes)[number];

/** Publishing stopped at a line. */
export class PublishError extends OrderOnceError<PublishErrorCode> {
  static override readonly codes: readonly string[] = publishErrorCodes;

  /** The line of the input, from 1. */
  readonly line: number;
  /** For an invalid event: the path of the invalid part; absent if the whole line is invalid. */
  readonly field: string | undefined;

  constructor(code: PublishErrorCode, line: number, problem: string, options?: ErrorOptions) {
    super(code, `Line ${line}: ${problem}`, options);
    this.line = line;
    this.field = options?.cause instanceof InvalidEventError ? options.cause.field : undefined;
  }
}

const topicErrorBrand: unique symbol = Symbol.for('order-once/topic-error');

/** A topic did not accept an entry, or a whole request. */
export class TopicError extends OrderOnceError {
  /** Its codes are the broker's and in no list. So a brand of its own tells it in every copy of this package. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    // biome-ignore lint/complexity/noThisInStatic: `this` is the class on the right of `instanceof`, maybe a subclass.
    if (this !== TopicError) return Function.prototype[Symbol.hasInstance].call(this, value);
    return typeof value === 'object' && value !== null && topicErrorBrand in value;
  }

  /** Whether the same entry would be refused again, so that a retry cannot help. */
  readonly permanent: boolean;

  /** @param code The broker's own error code. */
  constructor(code: string, message: string, permanent: boolean, options?: ErrorOptions) {
    super(code, message, options);
    this.permanent = permanent;
  }

  get [topicErrorBrand](): true {
    return true;
  }
}

const journalErrorCodes = [
  /** The file cannot be read, or is not a journal. */
  'JOURNAL_UNREADABLE',
  /** The file cannot be written. */
  'JOURNAL_UNWRITABLE',
  /** The journal belongs to another topic, another deduplication or another input. */
  'JOURNAL_MISMATCH',
  /** Another run has taken the journal over. */
  'JOURNAL_TAKEN',
] as const;

export type JournalErrorCode = (typeof journalErrorCodes)[number];

/** This run must not continue from the journal. Nothing was sent. */
export class JournalError extends OrderOnceError<JournalErrorCode> {
  static override readonly codes: readonly string[] = journalErrorCodes;
}

export function journalTaken(name: string): JournalError {
  return new JournalError(
    'JOURNAL_TAKEN',
    `Another run uses the journal ${name}, or removed it: one run at a time`,
  );
}

/** The input cannot be read, or is not lines of text. */
export class InputError extends OneCodeError<'INPUT'> {
  static override readonly codes: readonly string[] = ['INPUT'];
}
