import type { Clock } from '../../contract/clock.ts';
import type { Warn } from '../ports/output.ts';
import type { VisibilityTimeouts } from '../ports/queues.ts';

/**
 * How long a message can be hidden, in ms: SQS refuses what would end more than 12 hours after the receive (AWS: "Amazon
 * SQS visibility timeout"), which may be the 15 minutes of the longest invocation ago, and some until it began.
 */
export const longestHidingMs = (12 * 60 - 20) * 60_000;

/**
 * Hides messages until a time, in ms since the epoch. Those that follow in the group are hidden with their head: SQS
 * gives no message of a group while another one is in flight, so one that stays hidden longer would hold up the head.
 * A change that fails does no harm: the queue's own visibility timeout brings the messages back, later. Never rejects.
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
