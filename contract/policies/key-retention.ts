/**
 * Limits for the time that a system remembers an idempotency key, in seconds. A number of hours or days by mistake is
 * below the minimum, and a day in milliseconds is above the maximum. A retention that is too short is safe: events
 * become OUTCOME_UNKNOWN too early. One that is too long would reuse a key that the system has forgotten. The maximum
 * is longer than any event is retried.
 */
export const keyRetentionSeconds = { least: 10, most: 31_536_000 } as const;
