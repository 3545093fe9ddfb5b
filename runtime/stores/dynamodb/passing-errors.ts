/** Cancellation codes and errors that pass: DynamoDB Developer Guide, "Error handling with DynamoDB". */
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

/** Names and codes of requests whose answer never came, as the SDK and Node have them. */
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

/** Whether a cancellation code passes. */
export function passes(code: string | undefined): boolean {
  return passing.has(code ?? '');
}

/**
 * Whether a request that failed may succeed in a second: throttling, a lost connection, a failure inside of DynamoDB.
 * What is left (a role that may not, a table that is not there, a bug) is as it is for the whole invocation.
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
