/** Entries of a request (AWS: "PublishBatch", Amazon SNS API Reference). */
export const maxBatchEntries = 10;

/**
 * Requests at once. Eight requests of ten entries at 25 ms reach 3,200 messages/s. FIFO topics in most Regions have a quota
 * of 3,000 (AWS: "Amazon SNS endpoints and quotas"), so more requests would only be throttled.
 */
export const maxConcurrentRequests = 8;

/**
 * Entries that are read and not yet accepted. More entries let more groups continue beside a hot one; fewer need less
 * memory. The byte limit matters for large events: eight full requests are 2 MiB.
 */
export const maxReadAhead = { entries: 1_000, bytes: 8 * 1024 * 1024 } as const;

/**
 * Attempts of one entry. Ten with full jitter take 16 s on average and 33 s at most, plus the requests. That is longer than
 * a throttled burst or a failover of a host. Even if every request times out after 10 s, it is well within the 5 minutes in
 * which the broker removes the copies that a lost answer leaves.
 */
export const maxAttempts = 10;

/** The longest wait before the second attempt, doubled for each further one up to the cap. */
export const backoff = { baseMs: 100, capMs: 10_000 } as const;
