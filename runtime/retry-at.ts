import { backoff, longestWaiting, pace } from '../contract/retrying.ts';
import { longestHiding } from './visibility.ts';
import type { Wiring } from './wiring.ts';

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

type Timing = Pick<Wiring, 'clock' | 'random' | 'maxReceiveCount' | 'queueRetentionSeconds'>;

/**
 * When a message is given again that was not settled, in ms since the epoch: after its backoff, or later where its
 * handler said so, or where its receives have to last. Never sooner: a provider that says "in a second" throughout an
 * outage would use them up in minutes.
 */
export function retryAt({ receiveCount, sentAt }: Waiting, timing: Timing, wait: Wait = {}): number {
  const { clock, random, maxReceiveCount, queueRetentionSeconds: retention } = timing;
  const { retryAfter = 0, atLeast = backoff(receiveCount, random.next()) } = wait;
  const now = clock.now();
  const paced = pace(receiveCount, (now - sentAt) / 1000, { maxReceiveCount, retention });
  return now + Math.min(Math.max(retryAfter, atLeast * 1000, Math.ceil(paced * 1000)), longestHiding);
}

/** Until when a message may be left in its queue, in ms since the epoch. */
export function lastStay({ sentAt }: Waiting, { queueRetentionSeconds: retention }: Timing): number {
  return sentAt + longestWaiting({ retention }) * 1000;
}
