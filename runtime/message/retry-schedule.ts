import { backoff, longestWaiting, spreadDelay } from '../../contract/policies/retry-policy.ts';
import type { ConsumerDependencies } from '../ports/dependencies.ts';
import { longestHiding } from './visibility.ts';

/** What is known of a message that waits. */
export interface Waiting {
  /** How often SQS has given the message, this time included. */
  readonly receiveCount: number;
  /** Milliseconds since the epoch: when SQS took the message. */
  readonly sentAt: number;
}

export interface Wait {
  /** In ms: what the system that was called asked for. @default 0 */
  readonly retryAfter?: number | undefined;
  /** In seconds. @default - by the receive count of the message */
  readonly atLeast?: number;
}

type Timing = Pick<
  ConsumerDependencies,
  'clock' | 'random' | 'maxReceiveCount' | 'queueRetentionSeconds' | 'visibilityTimeoutSeconds'
>;

/**
 * When a message is given again that was not settled, in ms since the epoch: after its backoff, or later where its
 * handler said so, or where its receives have to last. Never sooner: a provider that says "in a second" throughout an
 * outage would use them up in minutes.
 */
export function retryAt(message: Waiting, timing: Timing, wait: Wait = {}): number {
  const { receiveCount, sentAt } = message;
  const { clock, random } = timing;
  const { retryAfter = 0, atLeast = backoff(receiveCount, random.next()) } = wait;
  const now = clock.now();
  const paced = spreadDelay(receiveCount, (now - sentAt) / 1000, limitsOf(timing));
  return now + Math.min(Math.max(retryAfter, atLeast * 1000, Math.floor(paced * 1000)), longestHiding);
}

/** When a message is given again that there was no time for: as any that waits, but not past its last stay. */
export function postponedUntil(message: Waiting, timing: Timing): number {
  return Math.min(
    retryAt(message, timing),
    Math.max(retrySoon(message, timing), latestRetry(message, timing)),
  );
}

/**
 * When a message is given again that no copy could be made of, in ms since the epoch: after its backoff alone, and well
 * before its queue deletes it.
 */
export function retrySoon({ receiveCount, sentAt }: Waiting, { clock, random, ...timing }: Timing): number {
  const now = clock.now();
  const left = sentAt + timing.queueRetentionSeconds * 1000 - now;
  return now + Math.max(0, Math.min(backoff(receiveCount, random.next()) * 1000, left / 10));
}

/** Until when a message may be left in its queue, in ms since the epoch. */
export function latestRetry({ sentAt }: Waiting, timing: Timing): number {
  return sentAt + longestWaiting(limitsOf(timing)) * 1000;
}

/** Whether SQS gives it no more, but moves it to the dead-letter queue. */
export function isLastReceive({ receiveCount }: Waiting, { maxReceiveCount }: Timing): boolean {
  return receiveCount >= maxReceiveCount;
}

function limitsOf({
  maxReceiveCount,
  queueRetentionSeconds: retention,
  visibilityTimeoutSeconds: visibilityTimeout,
}: Timing) {
  return { maxReceiveCount, retention, visibilityTimeout };
}
