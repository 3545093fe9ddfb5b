/**
 * Limits for the time that a system remembers an idempotency key, in seconds. A number of hours or days by mistake is below
 * the minimum, and a day in milliseconds is above the maximum. A too short retention is safe: events become OUTCOME_UNKNOWN
 * too early. A too long retention would reuse a forgotten key, so the maximum is longer than any event is retried.
 */
export const keyRetentionSeconds = { least: 10, most: 31_536_000 } as const;
