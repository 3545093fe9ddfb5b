/** Temporary cancellation codes and errors: DynamoDB Developer Guide, "Error handling with DynamoDB". */
const passing = new Set([
  'TransactionConflict',
  'TransactionConflictException',
  'ThrottlingError',
  'ProvisionedThroughputExceeded',
  'ThrottlingException',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'TransactionInProgressException',
]);

/** Names and codes of the SDK and of Node for requests without an answer. */
const unanswered = new Set([
  'TimeoutError',
  'RequestTimeout',
  'RequestTimeoutException',
  'ECONNRESET',
  'ECONNREFUSED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

/** Whether a cancellation code is temporary. */
export function passes(code: string | undefined): boolean {
  return passing.has(code ?? '');
}

/**
 * Whether a failed request may succeed within seconds: after throttling, a lost connection, or a failure inside
 * DynamoDB. Other errors (a missing permission or table, a bug) do not change during the invocation.
 */
export function isTransient(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { name, code, $metadata } = error as Error & {
    readonly code?: unknown;
    readonly $metadata?: { readonly httpStatusCode?: number };
  };
  const isUnanswered = unanswered.has(name) || (typeof code === 'string' && unanswered.has(code));
  return passes(name) || isUnanswered || ($metadata?.httpStatusCode ?? 0) >= 500;
}
