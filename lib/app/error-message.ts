import { Errors } from 'aws-cdk-lib';
import { OrderOnceError } from '../../contract/errors.ts';

/** The text of an error for the terminal: the message alone if the input is wrong, and the stack for a bug. */
export function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const isAboutInput = error instanceof OrderOnceError || Errors.isConstructError(error);
  return isAboutInput ? error.message : (error.stack ?? error.message);
}
