import { truncate } from './truncate.ts';

/** Base class of the errors that this project throws. */
export class OrderOnceError extends Error {
  /** Stable code for programs. The message is for people and may change. */
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
 * The body is not a valid event, so it is poison: waiting cannot help. Message and field are truncated, because both may quote
 * a long body.
 */
export class InvalidEventError extends OrderOnceError {
  declare readonly code: InvalidEventCode;
  /** Path of the invalid part, for example `data.lines[0].quantity`; absent if the whole body is invalid. */
  readonly field: string | undefined;

  constructor(code: InvalidEventCode, message: string, field?: string, options?: ErrorOptions) {
    super(code, truncate(message), options);
    this.field = field === undefined ? undefined : truncate(field);
  }
}
