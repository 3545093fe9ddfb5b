import { NotDone, shorten } from '../errors.ts';
import { UnclearError } from './unclear-error.ts';

interface NetworkError extends Error {
  readonly code?: string;
  readonly syscall?: string;
  /** One for each address that was tried. */
  readonly errors?: readonly NetworkError[];
}

/** What fails here fails before a byte of the request is sent. */
const beforeSending = new Set(['connect', 'getaddrinfo']);

/** What a request that got no answer means. */
export function failureOf(error: unknown, url: string): Error {
  // `fetch` says "fetch failed", and why in the cause.
  const cause = ((error as Error).cause ?? error) as NetworkError;
  if (neverSent(cause)) {
    return new NotDone(`${url} cannot be reached: ${textOf(cause)}. Nothing was sent`, { cause: error });
  }
  return new UnclearError(`${url} gave no answer: ${textOf(cause)}. It may have done what it was asked`, {
    cause: error,
  });
}

function neverSent({ code, syscall, errors }: NetworkError): boolean {
  if (errors !== undefined && errors.length > 0) return errors.every(neverSent);
  return code === 'UND_ERR_CONNECT_TIMEOUT' || beforeSending.has(syscall ?? '');
}

function textOf(cause: NetworkError): string {
  // A host with several addresses fails with an error for each, and no message of its own.
  return shorten(cause.message || cause.errors?.[0]?.message || cause.code || cause.name);
}
