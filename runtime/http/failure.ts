import { truncate } from '../../contract/truncate.ts';
import { NotExecutedError, UnclearError } from '../handler/errors.ts';
import { type NetworkError, neverSent } from './never-sent.ts';

/** Translates the failure of a request without an answer into the error for the handler. */
export function failureOf(error: unknown, url: string): Error {
  // `fetch` throws "fetch failed" with the reason in `cause`.
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
  // For a host with several addresses, the error has one member per address and no message.
  return truncate(cause.message || cause.errors?.[0]?.message || cause.code || cause.name);
}
