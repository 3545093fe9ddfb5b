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

export function passes(code: string | undefined): boolean {
  return passing.has(code ?? '');
}
