import type { SQSBatchResponse } from 'aws-lambda';

/** What a batch needs to know of a message. */
interface Grouped {
  readonly id: string;
  readonly group: string;
}

export interface BatchOptions<M extends Grouped> {
  /** Works on one message; `false` means that the message has to come again. Never rejects. */
  readonly deliver: (message: M) => Promise<boolean>;
  /** Whether there is time to begin with another message. */
  readonly mayStart: () => boolean;
  /**
   * Is told what is left of a group for lack of time; none of it was begun. Never rejects.
   * @param advanced Whether a message of the group was settled before.
   */
  readonly postpone: (messages: readonly M[], advanced: boolean) => Promise<void>;
  /** How many groups are worked on at once. */
  readonly groupsAtOnce: number;
}

/**
 * Groups at once, strictly in order inside each. A group stops at its first failure; what did not run is returned
 * with it, since Lambda deletes every message that the response leaves out: `Acknowledge` in spec/OrderOnce.tla.
 */
export async function processBatch<M extends Grouped>(
  messages: readonly M[],
  { deliver, mayStart, postpone, groupsAtOnce }: BatchOptions<M>,
): Promise<SQSBatchResponse> {
  const groups = groupsOf(messages);
  const waiting = groups.values();
  const failed: M[] = [];
  async function work(): Promise<void> {
    for (const group of waiting) {
      for (const [index, message] of group.entries()) {
        const inTime = mayStart();
        if (inTime && (await deliver(message))) continue;
        const rest = group.slice(index);
        failed.push(...rest);
        if (!inTime) await postpone(rest, index > 0);
        break;
      }
    }
  }
  const settled = await Promise.allSettled(
    Array.from({ length: Math.min(groupsAtOnce, groups.length) }, work),
  );
  // All of them first: a runtime that ends while a handler is at work freezes it, and thaws it in another invocation.
  for (const worker of settled) if (worker.status === 'rejected') throw worker.reason;
  return { batchItemFailures: failed.map(({ id }) => ({ itemIdentifier: id })) };
}

/** The messages of each group, in the order in which the groups begin. */
export function groupsOf<M extends Grouped>(messages: readonly M[]): M[][] {
  const groups = new Map<string, M[]>();
  for (const message of messages) {
    const group = groups.get(message.group);
    if (group === undefined) groups.set(message.group, [message]);
    else group.push(message);
  }
  return [...groups.values()];
}
