import {
  type AttemptHistory,
  areAttemptsExhausted,
  backoffSeconds,
  type QueueLimits,
  spreadDelaySeconds,
} from '../../contract/policies/retry-policy.ts';
import type { ConsumerDependencies } from '../ports/dependencies.ts';
import { longestHidingMs } from './visibility.ts';

/** What is known of a message that waits. */
export interface Waiting {
  /** How often SQS has given the message, this time included. */
  readonly receiveCount: number;
  /** Milliseconds since the epoch: when SQS took the message. */
  readonly sentAt: number;
  /** Milliseconds since the epoch: until when the message may be left in its queue. */
  readonly latestRetryAt: number;
}

/** The moment of a decision. */
export interface Moment {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Uniform in [0, 1): spreads retries, so that messages that failed together do not come back together. */
  readonly random: number;
}

/** The moment of a decision that is made now. */
export function presentMoment({ clock, random }: Pick<ConsumerDependencies, 'clock' | 'random'>): Moment {
  return { now: clock.now(), random: random.next() };
}

export interface Wait {
  /** What the called system asked for. @default 0 */
  readonly retryAfterMs?: number | undefined;
  /** @default - by the receive count of the message */
  readonly atLeastSeconds?: number;
}

/**
 * When an unsettled message is given again, in ms since the epoch: after its backoff, or later if its handler said so or
 * its receives have to last. Never sooner: a provider that says "in a second" throughout an outage would use them up in
 * minutes.
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

/** When a message is given again for which no time was left: after its usual wait, but not past its latest retry. */
export function postponedUntil(message: Waiting, moment: Moment, queue: QueueLimits): number {
  const latest = Math.max(retrySoon(message, moment, queue), message.latestRetryAt);
  return Math.min(retryAt(message, moment, queue), latest);
}

/**
 * When a message is given again whose copy could not be sent, in ms since the epoch: after its backoff alone, and well
 * before its queue deletes it.
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
 * Whether the event of a message that failed so often is given up. A redrive is tried for as long as a new message: its
 * record keeps the first attempt of all, since that is what a provider's memory of the key is counted from.
 */
export function attemptsExhausted(
  { attempts, firstAttemptAt }: AttemptHistory,
  { firstReceivedAt }: { readonly firstReceivedAt: number },
  now: number,
): boolean {
  return areAttemptsExhausted({ attempts, firstAttemptAt: Math.max(firstAttemptAt, firstReceivedAt) }, now);
}
