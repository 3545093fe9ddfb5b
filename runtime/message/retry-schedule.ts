import {
  type AttemptHistory,
  areAttemptsExhausted,
  backoffAtCapSeconds,
  backoffSeconds,
  type QueueLimits,
  spreadDelaySeconds,
} from '../../contract/policies/retry-policy.ts';
import type { ConsumerDependencies } from '../ports/dependencies.ts';
import { longestHidingMs } from './visibility.ts';

/** The parts of a waiting message that its schedule depends on. */
export interface Waiting {
  /** Number of receives, including this one. */
  readonly receiveCount: number;
  /** Milliseconds since the epoch: when SQS received the message from its sender. */
  readonly sentAt: number;
  /** Milliseconds since the epoch: the latest time of a retry before the queue deletes the message. */
  readonly latestRetryAt: number;
}

/** Time and random number of a decision. */
export interface Moment {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Uniform in [0, 1). It spreads retries, so that messages that failed together do not return together. */
  readonly random: number;
}

/** The current moment. */
export function presentMoment({ clock, random }: Pick<ConsumerDependencies, 'clock' | 'random'>): Moment {
  return { now: clock.now(), random: random.next() };
}

export interface Wait {
  /** The delay that the called system asked for. @default 0 */
  readonly retryAfterMs?: number | undefined;
  /** @default - by the receive count of the message */
  readonly atLeastSeconds?: number;
}

/**
 * When an unsettled message is retried, in ms since the epoch: after its backoff, or later if the handler asked for a
 * delay or the receives must be spread. Never sooner, because a provider that answers "in a second" during an outage
 * would use up the receives in minutes.
 */
export function retryAt(
  { receiveCount, sentAt }: Waiting,
  { now, random }: Moment,
  queue: QueueLimits,
  { retryAfterMs = 0, atLeastSeconds = backoffSeconds(receiveCount, random) }: Wait = {},
): number {
  const spreadSeconds = spreadDelaySeconds(receiveCount, (now - sentAt) / 1000, queue);
  const delayMs = Math.max(retryAfterMs, atLeastSeconds * 1000, Math.floor(spreadSeconds * 1000));
  return now + Math.min(delayMs, longestHidingMs);
}

/**
 * The latest time of a message's next try, in ms since the epoch, whatever ends this one: a retry, a block, or the end
 * of the process. A handler that asks for a longer wait can make it later.
 */
export function latestNextTry(message: Waiting, now: number, queue: QueueLimits): number {
  // The largest random number gives the longest wait.
  const atCap = { atLeastSeconds: backoffAtCapSeconds(1) };
  return Math.max(
    retryAt(message, { now, random: 1 }, queue, atCap),
    now + queue.visibilityTimeoutSeconds * 1000,
  );
}

/**
 * When a message that did not start for lack of time is retried: after the normal wait, but not after its latest retry.
 */
export function postponedUntil(message: Waiting, moment: Moment, queue: QueueLimits): number {
  const latest = Math.max(retrySoon(message, moment, queue), message.latestRetryAt);
  return Math.min(retryAt(message, moment, queue), latest);
}

/**
 * When a message whose copy could not be sent is retried, in ms since the epoch: after the backoff alone, well before
 * the queue deletes it.
 */
export function retrySoon(
  { receiveCount, sentAt }: Omit<Waiting, 'latestRetryAt'>,
  { now, random }: Moment,
  { queueRetentionSeconds }: Pick<QueueLimits, 'queueRetentionSeconds'>,
): number {
  const leftMs = sentAt + queueRetentionSeconds * 1000 - now;
  return now + Math.max(0, Math.min(backoffSeconds(receiveCount, random) * 1000, leftMs / 10));
}

/**
 * Whether the event of a message is given up after its failed attempts. For a redrive the minute starts again. It
 * cannot use the record's first attempt, which stays the very first one, because the provider's key retention counts
 * from it.
 */
export function attemptsExhausted(
  { attempts, firstAttemptAt }: AttemptHistory,
  { firstReceivedAt }: { readonly firstReceivedAt: number },
  now: number,
): boolean {
  return areAttemptsExhausted({ attempts, firstAttemptAt: Math.max(firstAttemptAt, firstReceivedAt) }, now);
}
