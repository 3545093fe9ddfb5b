import { OrderOnceError } from '../../contract/errors.ts';

/**
 * A call after which nobody here knows whether the other system did what it was asked: tried again with the same key
 * under at-least-once, recorded as OUTCOME_UNKNOWN under at-most-once.
 */
export class UnclearError extends OrderOnceError {
  static override readonly codes: readonly string[] = ['UNCLEAR'];

  constructor(message: string, options?: ErrorOptions) {
    super('UNCLEAR', message, options);
  }
}
