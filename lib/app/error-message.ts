import { Errors } from 'aws-cdk-lib';
import { OrderOnceError } from '../../contract/errors.ts';

/** An error as a person should see it: what is wrong with the input in one message, a bug with its stack. */
export function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const isAboutInput = error instanceof OrderOnceError || Errors.isConstructError(error);
  return isAboutInput ? error.message : (error.stack ?? error.message);
}
