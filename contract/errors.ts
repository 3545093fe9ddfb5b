import { truncate } from './truncate.ts';

/** The base of every error that this project throws on purpose. */
export class OrderOnceError extends Error {
  /** Stable, for programs; the message is for people and may change. */
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

/** A setting, an option or an argument is missing or out of its range. */
export class ConfigurationError extends OrderOnceError {
  constructor(message: string, options?: ErrorOptions) {
    super('CONFIGURATION', message, options);
  }
}

export type InvalidEventCode =
  | 'INVALID_JSON'
  | 'INVALID_EVENT'
  | 'INEXACT_NUMBER'
  | 'NESTED_TOO_DEEP'
  | 'SNS_ENVELOPE'
  | 'UNHANDLED_TYPE'
  | 'INVALID_KEY';

/**
 * A body that is no valid event. It never gets better by waiting: it is poison. Message and field are shortened: both may
 * quote the body, which is as long as its sender likes.
 */
export class InvalidEventError extends OrderOnceError {
  declare readonly code: InvalidEventCode;
  /** The path of what is wrong, `data.lines[0].quantity` for instance; absent where the whole body is. */
  readonly field: string | undefined;

  constructor(code: InvalidEventCode, message: string, field?: string, options?: ErrorOptions) {
    super(code, truncate(message), options);
    this.field = field === undefined ? undefined : truncate(field);
  }
}
