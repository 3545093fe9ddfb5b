import type { AttemptState } from '../record-attributes.ts';

/**
 * How often and how soon a message is tried again, and when it is given up: one arithmetic, by which the runtime waits
 * and synthesis sets the queue. Times in seconds.
 */

/** How often the runtime tries an event that fails by itself before it gives it up. */
export const maxAttempts = 5;

/**
 * For how long at least it is tried: the backoff of five attempts may be over in seconds, and what fails for half a
 * minute often heals by itself.
 */
export const minRetryDuration = 60;

/** So many different events in a row that fail with one error, and none succeeds: no event of them is to blame. */
export const commonFrom = 20;

/** What is known of an event's counted attempts. */
export interface AttemptHistory {
  /** How many failed by the event's own fault, and how many of suspects never ended. */
  readonly attempts: number;
  /** Milliseconds since the epoch. */
  readonly firstAttemptAt: number;
  /** Of the attempt that was counted last; absent if nobody can tell. */
  readonly state?: AttemptState | undefined;
}

/** Whether an event that failed once more is given up. @param now In milliseconds since the epoch. */
export function areAttemptsExhausted({ attempts, firstAttemptAt }: AttemptHistory, now: number): boolean {
  return attempts >= maxAttempts && now - firstAttemptAt >= minRetryDuration * 1000;
}

/**
 * From which receive on a message is a suspect: one that may end its process. Twice can be chance, a deployment or a
 * neighbour; a batch may be received again for no fault of its own.
 */
const suspectFrom = 3;

/** @param message `receiveCount`: how often SQS has given it, this time included. */
export function isSuspect({ receiveCount }: { readonly receiveCount: number }): boolean {
  return receiveCount >= suspectFrom;
}

/** The most that SQS takes as `maxReceiveCount` (AWS: "Amazon SQS dead-letter queues"). */
export const sqsMaxReceiveCountLimit = 1000;

/** For how long what a consumer needs may fail before SQS moves its messages to the dead-letter queue. */
export const defaultToleratedOutage = 24 * 60 * 60;

/**
 * The backoff doubles from the one to the other. With 2 the first retry comes within 3 seconds. With 300 a day's outage
 * takes some 600 receives of the 1,000 that SQS counts, and a group is soon back after it: see `pace`.
 */
export const backoffBase = 2;
export const backoffCap = 300;

/**
 * For how long a message is hidden that failed: exponential, capped, with full jitter, so that groups that failed
 * together don't come back together. Whole seconds, since SQS takes no others, and at least one.
 *
 * @param receiveCount How often SQS has given the message, this time included.
 * @param random Uniform in [0, 1).
 */
export function backoff(receiveCount: number, random: number): number {
  const longest = Math.min(backoffCap, backoffBase * 2 ** (receiveCount - 1));
  return Math.floor(random * longest) + 1;
}

/** For how long poison is hidden that blocks its group: only a deployment or an operator helps, so at the cap. */
export function backoffAtCap(random: number): number {
  return backoff(Number.POSITIVE_INFINITY, random);
}

/** What the source queue does with a message that nobody settles. */
export interface QueueLimits {
  /** Receives after which SQS moves it to the dead-letter queue. */
  readonly maxReceiveCount: number;
  /** Seconds after which SQS deletes it, wherever it is then. */
  readonly retention: number;
  /** Seconds for which it is hidden whose process ends without a word. */
  readonly visibilityTimeout: number;
}

/** For how long before its deletion a message is not left in its queue, at least; of a short retention a tenth. */
const retentionMargin = 60 * 60;

/**
 * The age up to which a message may be left to wait. SQS deletes it at its retention without a word and without a
 * dead-letter queue, so what would come again later than this is moved there by the runtime.
 */
export function longestWaiting({
  retention,
  visibilityTimeout,
}: Omit<QueueLimits, 'maxReceiveCount'>): number {
  // Twice, so that a process that ends then leaves its messages another delivery.
  return (
    retention -
    Math.max(Math.min(retentionMargin, retention / 10), Math.min(2 * visibilityTimeout, retention / 2))
  );
}

/** Of the receives that SQS counts, the share that may be used up as fast as the backoff does. */
const burstShare = 1 / 4;

/**
 * For how long a message is hidden at least, so that whatever makes it wait, its receives last for as long as its queue
 * keeps it. Past the first quarter each wait is what is left of its time by what is left of its receives: that never
 * grows with such a wait, so the last receive comes when the time is over. 0 and below for no bound.
 *
 * @param receiveCount How often SQS has given the message, this time included.
 * @param age Since SQS took it.
 */
export function spreadDelay(receiveCount: number, age: number, limits: QueueLimits): number {
  if (receiveCount <= limits.maxReceiveCount * burstShare) return 0;
  // One is left over, since what fails at the last one has to be moved, whatever time is left.
  return (longestWaiting(limits) - age) / Math.max(1, limits.maxReceiveCount - 1 - receiveCount);
}

/** With so many standard deviations fewer than one message in a billion is received more often. */
const deviations = 6;

/**
 * How often a message may be received while what its consumer needs does not answer. The first receives double the
 * backoff to its cap. From there a wait is uniform between 1 and the cap, so their number is that of a renewal process:
 * the outage divided by the mean wait, give or take its square root divided by the square root of three. A function
 * that does not even start sets no backoff, and its messages come after every visibility timeout.
 */
export function receivesDuring(outage: number, visibilityTimeout: number): number {
  const doublings = Math.ceil(Math.log2(backoffCap / backoffBase));
  const waits = outage / ((backoffCap + 1) / 2);
  const hidden = doublings + waits + deviations * Math.sqrt(waits / 3);
  return Math.ceil(Math.max(hidden, outage / visibilityTimeout));
}

export interface Receiving {
  readonly batchSize: number;
  readonly visibilityTimeout: number;
  readonly toleratedOutage: number;
}

/**
 * Below this SQS would give up before the runtime does. While the head of a group fails, all messages of its batch
 * are received with it.
 */
export function leastMaxReceiveCount({ batchSize, visibilityTimeout, toleratedOutage }: Receiving): number {
  return batchSize * maxAttempts + receivesDuring(toleratedOutage, visibilityTimeout);
}
