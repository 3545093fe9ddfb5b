import { ConfigurationError, OneCodeError, OrderOnceError } from '../../contract/errors.ts';
import type { AnyCode, ReasonCode } from '../../contract/reporting/reason-codes.ts';
import { truncate } from '../../contract/truncate.ts';

/**
 * Thrown by a handler if nothing happened and a retry cannot help. The message goes to the dead-letter queue with this
 * error's text as the reason, and its group continues.
 */
export class PermanentError extends OneCodeError {
  static override readonly codes: readonly ReasonCode[] = ['PERMANENT'];
}

/**
 * Thrown by a handler if it is certain that nothing happened. The event is tried again, under every guarantee. After
 * any other error the effect may have happened: at-least-once tries again, at-most-once does not.
 */
export class NotExecutedError extends OneCodeError {
  static override readonly codes: readonly ReasonCode[] = ['NOT_DONE'];

  readonly retryAfter: number | undefined;

  constructor(message: string, options?: NotExecutedOptions) {
    super(message, options);
    this.retryAfter = options?.retryAfter;
  }
}

export interface NotExecutedOptions extends ErrorOptions {
  /**
   * Delay of the next try in milliseconds, for example from HTTP's `Retry-After`. The message and the rest of its group
   * are hidden for this time, but at most for almost 12 hours, and never for less than the backoff. Values that are not
   * finite numbers >= 0 are ignored, so that a misread header does not become a second error.
   * @default - the message is delivered again after a backoff, the first time within 3 seconds
   */
  readonly retryAfter?: number | undefined;
}

/** The delay of an error in ms; `undefined` if the error has none, or an invalid one. */
export function retryAfterOf(error: unknown): number | undefined {
  const retryAfter = error instanceof NotExecutedError ? error.retryAfter : undefined;
  return retryAfter !== undefined && Number.isFinite(retryAfter) && retryAfter >= 0 ? retryAfter : undefined;
}

/**
 * Thrown if it is unclear whether the other system executed a call. At-least-once tries again with the same key;
 * at-most-once records OUTCOME_UNKNOWN.
 */
export class UnclearError extends OneCodeError {
  static override readonly codes: readonly ReasonCode[] = ['UNCLEAR'];
}

/** The reason with which an external handler's `signal` is aborted: the invocation is about to end. */
export class DeadlineError extends OneCodeError {
  static override readonly codes: readonly ReasonCode[] = ['DEADLINE'];

  constructor() {
    super('The handler was asked to stop: its invocation is about to end');
  }
}

/** The store accepted no write within the invocation's time; the message waits for its next delivery. */
export class StoreBusyError extends OneCodeError {
  static override readonly codes: readonly ReasonCode[] = ['STORE_BUSY'];

  constructor(cause: unknown) {
    super(`The store took no write in time: ${describe(cause)}`, { cause });
  }
}

/** The record has no unknown outcome, or lacks data that is needed to send its event again. */
export class NotResolvableError extends OneCodeError {
  static override readonly codes: readonly ReasonCode[] = ['NOT_RESOLVABLE'];

  /** @param found The state of the record, and the fix. */
  constructor(id: string, found: string) {
    super(`Record ${id} ${found}`);
  }
}

/**
 * Attempts of an event started, and their processes ended before the attempts finished: killed, out of memory, or at
 * the timeout. The record's `attempt_state` is STARTED then.
 */
export class NeverEndedError extends OneCodeError {
  static override readonly codes: readonly ReasonCode[] = ['NEVER_ENDED'];

  constructor() {
    super('The process ended before the attempt finished: killed, out of memory, or at the timeout');
  }
}

/** The message does not block its group over this record, so there is nothing to skip. */
export class NotSkippableError extends OneCodeError {
  static override readonly codes: readonly ReasonCode[] = ['NOT_SKIPPABLE'];

  /** @param found The state of the record. */
  constructor(id: string, found: string) {
    super(
      `Record ${id} ${found}: take "recordId" and "messageId" of the last log line whose outcome is "blocked"`,
    );
  }
}

/**
 * The handler returned an invalid result: not a list, an invalid member, or, under an external guarantee, effects that
 * nothing would commit. The attempt failed and is counted.
 */
export class InvalidEffectsError extends OneCodeError {
  static override readonly codes: readonly ReasonCode[] = ['NO_EFFECTS'];
}

/**
 * The store refuses effects that are valid by themselves: DynamoDB refuses a value, a key or an item, or two effects
 * write one item. A deployment may fix this, so the attempt failed and is counted.
 */
export class EffectsRefusedError extends OneCodeError {
  static override readonly codes: readonly ReasonCode[] = ['EFFECTS_REFUSED'];
}

/**
 * The consumer's parser failed on a body that names its event. This is a bug of the parser, which a deployment can fix.
 * It is a failed attempt of the body; no handler has started.
 */
export class ParserError extends OneCodeError {
  static override readonly codes: readonly ReasonCode[] = ['PARSER_FAILED'];

  constructor(cause: unknown) {
    super(`The parser failed: ${codeOf(cause)}: ${describe(cause)}`, { cause });
  }
}

/**
 * Errors that say nothing of the event: wait, no time, systems that gave no answer, and a mistake of the configuration,
 * which every event meets. A permanent error is no attempt.
 */
const blameless = [
  NotExecutedError,
  DeadlineError,
  StoreBusyError,
  UnclearError,
  ConfigurationError,
  PermanentError,
];

/**
 * Whether an error by itself counts against the event. A guarantee asks its `Task`, which also knows failures that all
 * events have in common.
 */
export function isOwnFailure(error: unknown): boolean {
  return !blameless.some((kind) => error instanceof kind);
}

/** Maximum characters, because a dead letter's reason has limited room. */
const maxCode = 100;

/** The code of any thrown value, for logs and reasons. */
export function codeOf(error: unknown): AnyCode {
  const code = () => (error instanceof OrderOnceError ? error.code : undefined);
  const name = () => (error instanceof Error ? error.name : 'UNKNOWN');
  return truncate(
    textOf(() => code() ?? name()),
    maxCode,
  ) as AnyCode;
}

/** The text of any thrown value, for logs and reasons; at most 1,000 characters. */
export function describe(error: unknown): string {
  return truncate(textOf(() => messageOf(error)));
}

/** The most informative text of an object that is not an error. */
function messageOf(error: unknown): unknown {
  if (typeof error !== 'object' || error === null) return error;
  if (error instanceof Error || ('message' in error && typeof error.message === 'string')) {
    return (error as Error).message;
  }
  return JSON.stringify(error);
}

function textOf(read: () => unknown): string {
  try {
    return String(read());
  } catch {
    // A thrown value can be one that has no text.
    return 'something that has no text';
  }
}
