import { OneCodeError } from '../../contract/errors.ts';
import type { ReasonCode } from '../../contract/reporting/reason-codes.ts';

/**
 * The record belongs to another call by now, so the result of this call was not saved, and retries get the other call's
 * answer. Thrown instead of the handler's result, as `cause` of Powertools' IdempotencyPersistenceLayerError.
 */
export class FencedError extends OneCodeError {
  static override readonly codes: readonly ReasonCode[] = ['FENCED'];

  constructor(key: string, found: string) {
    super(
      `Record ${key} ${found}: the result of this call was not saved. Call again with the same input; the answer is ` +
        'the one that was saved.',
    );
  }
}

/** The first call succeeded, but its result could not be stored, so there is no answer. */
export class ResultNotKeptError extends OneCodeError {
  static override readonly codes: readonly ReasonCode[] = ['RESULT_NOT_KEPT'];

  constructor(key: string, why: string) {
    super(
      `Record ${key}: done before, but its result was not kept (${why}). Return less from the function: a reference ` +
        'to what is large, for instance.',
    );
  }
}
