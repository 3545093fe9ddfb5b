import { OneCodeError } from '../contract/errors.ts';

/** A command could not look: AWS refused a request, gave no answer, or knows no such thing. The message names the fix. */
export class CannotLookError extends OneCodeError<'CANNOT_LOOK'> {
  static override readonly codes = ['CANNOT_LOOK'] as const;
}
