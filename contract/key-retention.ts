/**
 * For how long a system may be said to remember an idempotency key, in seconds. The least is SQS' and SNS' own memory of
 * a deduplication id; a day in seconds, taken for milliseconds, is less. The most is longer than any event is tried;
 * a day in milliseconds, taken for seconds, is more, and would let a forgotten key be used again.
 */
export const keyRetentionSeconds = { least: 300, most: 31_536_000 } as const;
