import { ConfigurationError, OneCodeError, OrderOnceError } from '../../contract/errors.ts';
import type { AnyCode, ReasonCode } from '../../contract/reporting/reason-codes.ts';
import { truncate } from '../../contract/truncate.ts';

/**
 * What a handler throws when trying again cannot help, and nothing happened: the message goes to the dead-letter queue
 * with this message as its reason, and its group goes on.
 */
export class PermanentError extends OneCodeError {
  static override readonly codes: readonly ReasonCode[] = ['PERMANENT'];
}

/**
 * What a handler throws when it is certain that nothing happened: the event is tried again, under every guarantee. Any
 * other error leaves it open, and what follows is the guarantee's: at-least-once tries again, at-most-once does not.
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
   * Milliseconds until another try makes sense, as the system that was called says (HTTP's `Retry-After`, for
   * instance): the message and what follows in its group are hidden for as long, nearly 12 hours at most, and never for
   * less than the backoff. What is no finite number of 0 or more is ignored, since a header that was misread must not
   * become another error.
   * @default - the message comes again after a backoff, the first time within 3 seconds
   */
  readonly retryAfter?: number | undefined;
}

/** In ms; `undefined` where an error names no time, or none that makes sense. */
export function retryAfterOf(error: unknown): number | undefined {
  const retryAfter = error instanceof NotExecutedError ? error.retryAfter : undefined;
  return retryAfter !== undefined && Number.isFinite(retryAfter) && retryAfter >= 0 ? retryAfter : undefined;
}

/**
 * A call after which nobody here knows whether the other system did what it was asked: tried again with the same key
 * under at-least-once, recorded as OUTCOME_UNKNOWN under at-most-once.
 */
export class UnclearError extends OneCodeError {
  static override readonly codes: readonly ReasonCode[] = ['UNCLEAR'];
}

/** The reason of an external handler's `signal`: its time is over, since the invocation is about to end. */
export class DeadlineError extends OneCodeError {
  static override readonly codes: readonly ReasonCode[] = ['DEADLINE'];

  constructor() {
    super('The handler was asked to stop: its invocation is about to end');
  }
}

/** The store could not decide inside the invocation's time; the message waits for its next delivery. */
export class StoreBusyError extends OneCodeError {
  static override readonly codes: readonly ReasonCode[] = ['STORE_BUSY'];

  constructor(cause: unknown) {
    super(`The store took no write in time: ${describe(cause)}`, { cause });
  }
}

/** There is no unknown outcome under this key, or the record lacks what sending its event again takes. */
export class NotResolvableError extends OneCodeError {
  static override readonly codes: readonly ReasonCode[] = ['NOT_RESOLVABLE'];

  /** @param found What the record is or lacks, and what to do. */
  constructor(id: string, found: string) {
    super(`Record ${id} ${found}`);
  }
}

/**
 * Attempts of an event started, and their processes ended before they did: killed, out of memory, or past their time. The
 * record says so by its `attempt_state`, STARTED.
 */
export class NeverEndedError extends OneCodeError {
  static override readonly codes: readonly ReasonCode[] = ['NEVER_ENDED'];

  constructor() {
    super('Its process ended before it did: killed, out of memory, or past its time');
  }
}

/** The message does not block its group over this record, so there is nothing to skip. */
export class NotSkippableError extends OneCodeError {
  static override readonly codes: readonly ReasonCode[] = ['NOT_SKIPPABLE'];

  /** @param found What the record says instead. */
  constructor(id: string, found: string) {
    super(
      `Record ${id} ${found}: take "recordId" and "messageId" of the last log line whose outcome is "blocked"`,
    );
  }
}

/**
 * The handler returned something else than it may: no list, a member that is no effect, or, under a guarantee for external
 * effects, effects that nothing would commit. The attempt failed and is counted.
 */
export class InvalidEffectsError extends OneCodeError {
  static override readonly codes: readonly ReasonCode[] = ['NO_EFFECTS'];
}

/**
 * The effects are valid by themselves, and the store takes no such request: a value, a key or an item that DynamoDB refuses, or
 * two effects on one item. A deployment may change that, so the attempt failed and is counted.
 */
export class EffectsRefusedError extends OneCodeError {
  static override readonly codes: readonly ReasonCode[] = ['EFFECTS_REFUSED'];
}

/**
 * The consumer's parser failed over a body that names its event: a mistake in its code, which a deployment can correct. A
 * failed attempt of that body; no handler has begun.
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
 * Whether an error is an event's own fault, by itself. A guarantee asks its `Task`, which also knows of failures that all
 * events have in common.
 */
export function isOwnFailure(error: unknown): boolean {
  return !blameless.some((kind) => error instanceof kind);
}

/** In characters: a dead letter's reason has no room for more. */
const maxCode = 100;

/** The code that logs and reasons carry for anything that was thrown. */
export function codeOf(error: unknown): AnyCode {
  const code = () => (error instanceof OrderOnceError ? error.code : undefined);
  const name = () => (error instanceof Error ? error.name : 'UNKNOWN');
  return truncate(
    textOf(() => code() ?? name()),
    maxCode,
  ) as AnyCode;
}

/** The text that logs and reasons carry for anything that was thrown, at most 1,000 characters of it. */
export function describe(error: unknown): string {
  return truncate(textOf(() => messageOf(error)));
}

/** Of what is no error, but an object, the text that tells most. */
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
    // Anything can be thrown, things without a text of their own too.
    return 'something that has no text';
  }
}
