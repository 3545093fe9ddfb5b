import { OrderOnceError } from '../../contract/errors.ts';
import type { ReasonCode } from '../../contract/reporting/reason-codes.ts';

/**
 * A call after which nobody here knows whether the other system did what it was asked: tried again with the same key
 * under at-least-once, recorded as OUTCOME_UNKNOWN under at-most-once.
 */
export class UnclearError extends OrderOnceError<ReasonCode> {
  static override readonly codes: readonly ReasonCode[] = ['UNCLEAR'];

  constructor(message: string, options?: ErrorOptions) {
    super('UNCLEAR', message, options);
  }
}
