export interface NetworkError extends Error {
  readonly code?: string;
  readonly syscall?: string;
  /** One error for each address that was tried. */
  readonly errors?: readonly NetworkError[];
}

/** System calls that fail before a byte of the request is sent. */
const beforeSending = new Set(['connect', 'getaddrinfo']);

/**
 * A connection timeout, and certificates that Node does not trust (Node: "X509 certificate error codes"). Node sends
 * nothing to a server before it has verified the certificate.
 */
const neverConnected = new Set([
  'UND_ERR_CONNECT_TIMEOUT',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_REVOKED',
  'CERT_UNTRUSTED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'HOSTNAME_MISMATCH',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/**
 * Whether a request failed before anything was sent: its host is unknown, or no connection was made. For errors of
 * `node:http`, of an AWS client (which sends once: `maxAttempts: 1`), and for the `cause` of those of `fetch`.
 */
export function neverSent(error: unknown): boolean {
  const { code, syscall, errors } = error as NetworkError;
  if (errors !== undefined && errors.length > 0) return errors.every(neverSent);
  return neverConnected.has(code ?? '') || beforeSending.has(syscall ?? '');
}
