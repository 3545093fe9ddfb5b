import { clockSkewSeconds } from './record-ttl.ts';

/**
 * The idempotency window closes this many seconds before the records expire. An hour covers publishers with wrong
 * clocks (a message carries the publisher's time), and a record that expires between a delivery's read and its write.
 * Synthesis includes the same hour when it checks the TTL of records.
 */
const windowMarginSeconds = clockSkewSeconds;

/** Whether an event published at `publishedAt` (ms since the epoch) is so young that its record cannot have expired. */
export function isInsideWindow(publishedAt: number, now: number, recordTtlSeconds: number): boolean {
  return now - publishedAt < (recordTtlSeconds - windowMarginSeconds) * 1000;
}

/**
 * Whether an event published at `publishedAt` belongs to this consumer, and not to whatever applied the events before
 * `from`. Publishers' clocks may be an hour slow, so events of the hour before `from` belong to the consumer too.
 *
 * @param from Milliseconds since the epoch; `undefined` if the consumer has no past.
 */
export function isInsideHistory(publishedAt: number, from: number | undefined): boolean {
  return from === undefined || publishedAt >= from - windowMarginSeconds * 1000;
}
