import type { ReasonCode } from './reporting/reason-codes.ts';
import { truncate } from './truncate.ts';

const errorBrand: unique symbol = Symbol.for('order-once/error');

/**
 * Base class of the errors that this project throws. `OrderOnceError<ReasonCode>` accepts only a code from the table of
 * reason codes.
 */
export class OrderOnceError<Code extends string = string> extends Error {
  /**
   * The codes of the errors of this class. `instanceof` recognises errors by these codes if the class itself declares
   * them.
   */
  static readonly codes: readonly string[] = [];

  /**
   * An app may load this package twice, as CommonJS and as an ES module. Each copy has its own classes, so `instanceof`
   * compares an error's brand and code instead of its class.
   */
  static override [Symbol.hasInstance](value: unknown): boolean {
    // biome-ignore lint/complexity/noThisInStatic: `this` is the class on the right of `instanceof`, maybe a subclass.
    return isErrorOf(this, value);
  }

  /** Stable code for programs. The message is for people and may change. */
  readonly code: Code;

  constructor(code: Code, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }

  get [errorBrand](): true {
    return true;
  }
}

function isErrorOf(kind: typeof OrderOnceError, value: unknown): boolean {
  if (!Object.hasOwn(kind, 'codes')) return Function.prototype[Symbol.hasInstance].call(kind, value);
  if (typeof value !== 'object' || value === null || !(errorBrand in value)) return false;
  return kind.codes.length === 0 || kind.codes.includes((value as unknown as OrderOnceError).code);
}

/** Base class of the errors that have one code: the one in `codes` of their class. */
export abstract class OneCodeError<Code extends string = ReasonCode> extends OrderOnceError<Code> {
  constructor(message: string, options?: ErrorOptions) {
    super(new.target.codes[0] as Code, message, options);
  }
}

/** A setting, an option or an argument is missing or out of its range. */
export class ConfigurationError extends OneCodeError {
  static override readonly codes: readonly ReasonCode[] = ['CONFIGURATION'];
}

const invalidEventCodes = [
  'INVALID_JSON',
  'INVALID_EVENT',
  'INEXACT_NUMBER',
  'NESTED_TOO_DEEP',
  'SNS_ENVELOPE',
  'UNHANDLED_TYPE',
  'INVALID_KEY',
] as const satisfies readonly ReasonCode[];

export type InvalidEventCode = (typeof invalidEventCodes)[number];

/**
 * The body is not a valid event. The message is poison at once, because a retry cannot help. Error message and field
 * are truncated, because both may quote a long body.
 */
export class InvalidEventError extends OrderOnceError<InvalidEventCode> {
  static override readonly codes: readonly ReasonCode[] = invalidEventCodes;

  /** Path of the invalid part, for example `data.lines[0].quantity`; absent if the whole body is invalid. */
  readonly field: string | undefined;

  constructor(code: InvalidEventCode, message: string, field?: string, options?: ErrorOptions) {
    super(code, truncate(message), options);
    this.field = field === undefined ? undefined : truncate(field);
  }
}
