/**
 * For how long a system may be said to remember an idempotency key, in seconds. Hours or days by mistake are below the
 * least. A retention that is too short is safe: events become OUTCOME_UNKNOWN too early. One that is too long lets a
 * forgotten key be used again, so the most is what no event is tried for; a day in milliseconds, taken for seconds, is
 * more.
 */
export const keyRetentionSeconds = { least: 10, most: 31_536_000 } as const;
