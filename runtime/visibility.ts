import type { Clock } from '../contract/clock.ts';

/** The longest visibility timeout, in seconds (AWS: "Amazon SQS visibility timeout"). */
const maxSeconds = 12 * 3600;

/** Says when received messages are given again. */
export interface VisibilityTimeouts {
  /** @param seconds From now; a whole number. */
  change(receiptHandles: readonly string[], seconds: number): Promise<void>;
}

/**
 * Hides messages until a time, in ms since the epoch. Those that follow in the group are hidden with their head: SQS
 * gives no message of a group while another one is in flight, so one that stays hidden longer would hold up the head.
 * A change that fails does no harm: the queue's own visibility timeout brings the messages back, later.
 */
export async function hideUntil(
  time: number,
  messages: readonly { readonly receiptHandle: string }[],
  { clock, visibility }: { readonly clock: Clock; readonly visibility: VisibilityTimeouts },
): Promise<void> {
  const seconds = Math.ceil((time - clock.now()) / 1000);
  const handles = messages.map(({ receiptHandle }) => receiptHandle);
  await visibility.change(handles, Math.min(Math.max(seconds, 0), maxSeconds)).catch(() => undefined);
}
