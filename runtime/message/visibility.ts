import type { Clock } from '../../contract/clock.ts';
import type { Warn } from '../ports/output.ts';
import type { VisibilityTimeouts } from '../ports/queues.ts';

/**
 * How long a message can be hidden, in ms. SQS refuses a timeout that ends more than 12 hours after the receive (AWS:
 * "Amazon SQS visibility timeout"). The receive may be the 15 minutes of the longest invocation ago, plus the time
 * before that invocation started.
 */
export const longestHidingMs = (12 * 60 - 20) * 60_000;

/**
 * Hides messages until a time, in ms since the epoch. All messages of the group are hidden for the same time: SQS
 * delivers no message of a group while another one is in flight, so a follower that stays hidden longer would delay the
 * first one. A failure only means that the messages return later, after the queue's visibility timeout. Never rejects.
 */
export async function hideUntil(
  time: number,
  messages: readonly { readonly receiptHandle: string }[],
  { clock, visibility }: { readonly clock: Clock; readonly visibility: VisibilityTimeouts },
  warn: Warn,
): Promise<void> {
  const delayMs = Math.min(Math.max(time - clock.now(), 0), longestHidingMs);
  const handles = messages.map(({ receiptHandle }) => receiptHandle);
  try {
    await visibility.change(handles, Math.ceil(delayMs / 1000));
  } catch (error) {
    warn('The queue did not hide messages that wait: they come after its visibility timeout', error);
  }
}
