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
export const leastTryingTime = 60;

/** What is known of an event's failed attempts. */
export interface Tries {
  readonly attempts: number;
  /** Milliseconds since the epoch. */
  readonly firstAttemptAt: number;
}

/** Whether an event that failed once more is given up. @param now In milliseconds since the epoch. */
export function isSpent({ attempts, firstAttemptAt }: Tries, now: number): boolean {
  return attempts >= maxAttempts && now - firstAttemptAt >= leastTryingTime * 1000;
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
export const maxMaxReceiveCount = 1000;

/** For how long what a consumer needs may fail before SQS moves its messages to the dead-letter queue. */
export const defaultToleratedOutage = 24 * 60 * 60;

/**
 * The backoff doubles from the one to the other. With 2 the first retry comes within 3 seconds. With 300 a day's outage
 * takes some 700 receives of the 1,000 that SQS counts, and a group is back 5 minutes after the outage at the latest.
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
