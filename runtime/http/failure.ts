import { truncate } from '../../contract/truncate.ts';
import { NotExecutedError, UnclearError } from '../handler/errors.ts';
import { type NetworkError, neverSent } from './never-sent.ts';

/** What a request that got no answer means. */
export function failureOf(error: unknown, url: string): Error {
  // `fetch` says "fetch failed", and why in the cause.
  const cause = ((error as Error).cause ?? error) as NetworkError;
  if (neverSent(cause)) {
    return new NotExecutedError(`${url} cannot be reached: ${textOf(cause)}. Nothing was sent`, {
      cause: error,
    });
  }
  return new UnclearError(`${url} gave no answer: ${textOf(cause)}. It may have done what it was asked`, {
    cause: error,
  });
}

function textOf(cause: NetworkError): string {
  // A host with several addresses fails with an error for each, and no message of its own.
  return truncate(cause.message || cause.errors?.[0]?.message || cause.code || cause.name);
}
