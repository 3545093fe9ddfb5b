import { clockSkew } from './record-ttl.ts';

/**
 * How much before its records expire the idempotency window closes, in seconds. An hour covers publishers whose clocks
 * are off (theirs is the time that a message carries) and a record that ends between a delivery's look and its write.
 * The same hour is in the sum that synthesis checks records against.
 */
const windowMarginSeconds = clockSkew;

/** Whether an event published then, in ms since the epoch, is so young that no record of it can have expired. */
export function isInsideWindow(publishedAt: number, now: number, recordTtlSeconds: number): boolean {
  return now - publishedAt < (recordTtlSeconds - windowMarginSeconds) * 1000;
}
