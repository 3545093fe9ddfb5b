export interface NetworkError extends Error {
  readonly code?: string;
  readonly syscall?: string;
  /** One for each address that was tried. */
  readonly errors?: readonly NetworkError[];
}

/** What fails here fails before a byte of the request is sent. */
const beforeSending = new Set(['connect', 'getaddrinfo']);

/**
 * Whether a request failed before anything was sent: its host is unknown, or no connection was made. For errors of
 * `node:http`, of an AWS client (which sends once: `maxAttempts: 1`), and for the `cause` of those of `fetch`.
 */
export function neverSent(error: unknown): boolean {
  const { code, syscall, errors } = error as NetworkError;
  if (errors !== undefined && errors.length > 0) return errors.every(neverSent);
  return code === 'UND_ERR_CONNECT_TIMEOUT' || beforeSending.has(syscall ?? '');
}
