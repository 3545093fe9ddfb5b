import type { AttemptState } from '../record/record-attributes.ts';

/**
 * How often and how soon a message is tried again, and when it is given up. The runtime uses this arithmetic for its
 * waits, and synthesis for the settings of the queue. Times are in seconds.
 */

/** Number of failed attempts after which the runtime gives an event up. */
export const maxAttempts = 5;

/**
 * Minimum time from the first receive to giving up. Without it the five attempts would be used up in about fifteen
 * seconds, and many failures last half a minute.
 */
export const minRetryDurationSeconds = 60;

/**
 * If this many different events in a row fail with one error, and none succeeds, the failure is not counted against any
 * event.
 */
export const commonFrom = 20;

/** The counted attempts of an event. */
export interface AttemptHistory {
  /** Number of attempts that the event itself made fail, and of attempts of a suspect that never finished. */
  readonly attempts: number;
  /** Milliseconds since the epoch. */
  readonly firstAttemptAt: number;
  /** State of the attempt that was counted last; absent if it is not known. */
  readonly state?: AttemptState | undefined;
}

/** Whether an event with these attempts is given up. @param now Milliseconds since the epoch. */
export function areAttemptsExhausted({ attempts, firstAttemptAt }: AttemptHistory, now: number): boolean {
  return attempts >= maxAttempts && now - firstAttemptAt >= minRetryDurationSeconds * 1000;
}

/**
 * A message is a suspect from this receive on: it may be ending its process. A second receive proves nothing, because a
 * deployment or another message of the batch can cause it.
 */
const suspectFrom = 3;

/** @param message `receiveCount`: number of receives, including this one. */
export function isSuspect({ receiveCount }: { readonly receiveCount: number }): boolean {
  return receiveCount >= suspectFrom;
}

/** Highest `maxReceiveCount` that SQS accepts (AWS: "Amazon SQS dead-letter queues"). */
export const sqsMaxReceiveCountLimit = 1000;

/** How long a dependency of a consumer may be down before SQS moves messages to the dead-letter queue. */
export const defaultToleratedOutageSeconds = 24 * 60 * 60;

/**
 * The backoff doubles from `backoffBaseSeconds` to `backoffCapSeconds`. With 2 the first retry comes within 3 seconds.
 * With 300 an outage of a day uses about 600 of the 1,000 receives that SQS allows, and a group continues within 5
 * minutes after the outage. See also `spreadDelaySeconds`.
 */
export const backoffBaseSeconds = 2;
export const backoffCapSeconds = 300;

/**
 * How long a failed message is hidden: exponential, capped, with full jitter, so that groups that failed together do
 * not return together. Whole seconds, as SQS requires, and at least one.
 *
 * @param receiveCount Number of receives, including this one.
 * @param random Uniform in [0, 1).
 */
export function backoffSeconds(receiveCount: number, random: number): number {
  const longest = Math.min(backoffCapSeconds, backoffBaseSeconds * 2 ** (receiveCount - 1));
  return Math.floor(random * longest) + 1;
}

/**
 * How long a message that blocks its group is hidden. The cap applies from the start, because only a deployment or an
 * operator helps.
 */
export function backoffAtCapSeconds(random: number): number {
  return backoffSeconds(Number.POSITIVE_INFINITY, random);
}

/** Limits of the source queue for a message that is never settled. */
export interface QueueLimits {
  /** Number of receives after which SQS moves a message to the dead-letter queue. */
  readonly maxReceiveCount: number;
  /** Seconds after which SQS deletes a message. */
  readonly queueRetentionSeconds: number;
  /** Seconds for which a received message stays hidden if its process ends. */
  readonly visibilityTimeoutSeconds: number;
}

/**
 * Minimum time before its deletion at which a message is saved. For a short retention it is a tenth of the retention.
 */
const retentionMarginSeconds = 60 * 60;

/**
 * The age in seconds up to which a message may wait in its queue. SQS deletes a message at its retention without a
 * dead-letter queue, so the runtime moves a message to the dead-letter queue if its next delivery would come later than
 * this.
 */
export function longestWaitingSeconds({
  queueRetentionSeconds,
  visibilityTimeoutSeconds,
}: Omit<QueueLimits, 'maxReceiveCount'>): number {
  // Twice, so that after a crash a message can still be delivered once more.
  return (
    queueRetentionSeconds -
    Math.max(
      Math.min(retentionMarginSeconds, queueRetentionSeconds / 10),
      Math.min(2 * visibilityTimeoutSeconds, queueRetentionSeconds / 2),
    )
  );
}

/** The share of the receives that may follow the backoff alone. */
const burstShare = 1 / 4;

/**
 * Minimum seconds for which a waiting message is hidden, so that its receives last until its retention. After the first
 * quarter of the receives, it is the remaining time divided by the remaining receives. Such a wait never makes the
 * quotient grow, so the last receive comes at the end of the time. 0 or less means no minimum.
 *
 * @param receiveCount Number of receives, including this one.
 * @param ageSeconds Seconds since SQS received the message.
 */
export function spreadDelaySeconds(receiveCount: number, ageSeconds: number, limits: QueueLimits): number {
  if (receiveCount <= limits.maxReceiveCount * burstShare) return 0;
  // Without the last receive: a message that fails there is moved at once, whatever time is left.
  return (
    (longestWaitingSeconds(limits) - ageSeconds) / Math.max(1, limits.maxReceiveCount - 1 - receiveCount)
  );
}

/**
 * The limit lies this many standard deviations above the mean, so that fewer than one message in a billion exceeds it.
 */
const deviations = 6;

/**
 * Maximum number of receives of a message during an outage of a dependency. The first receives double the backoff up to
 * its cap. From there on each wait is uniform between 1 second and the cap. The mean number of waits is the outage
 * divided by the mean wait. The variance of this number is a third of it, by the renewal theorem for uniform waits. If
 * the function does not even start, there is no backoff, and messages return after every visibility timeout.
 */
export function receivesDuring(outageSeconds: number, visibilityTimeoutSeconds: number): number {
  const doublings = Math.ceil(Math.log2(backoffCapSeconds / backoffBaseSeconds));
  const waits = outageSeconds / ((backoffCapSeconds + 1) / 2);
  const hidden = doublings + waits + deviations * Math.sqrt(waits / 3);
  return Math.ceil(Math.max(hidden, outageSeconds / visibilityTimeoutSeconds));
}

export interface Receiving {
  readonly batchSize: number;
  readonly visibilityTimeoutSeconds: number;
  readonly toleratedOutageSeconds: number;
}

/**
 * The lowest safe `maxReceiveCount`. With a lower one SQS would give a message up before the runtime does. While the
 * first message of a group fails, all messages of its batch are received again with it.
 */
export function leastMaxReceiveCount(receiving: Receiving): number {
  const { batchSize, visibilityTimeoutSeconds, toleratedOutageSeconds } = receiving;
  return batchSize * maxAttempts + receivesDuring(toleratedOutageSeconds, visibilityTimeoutSeconds);
}
