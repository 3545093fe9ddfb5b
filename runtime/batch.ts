import type { SQSBatchResponse } from 'aws-lambda';
import type { Random } from '../contract/random.ts';
import { isSuspect } from '../contract/retrying.ts';

/** What a batch needs to know of a message. */
interface Grouped {
  readonly id: string;
  readonly group: string;
}

interface Received extends Grouped {
  readonly receiveCount: number;
}

export interface BatchOptions<M extends Received> {
  /** Works on one message; `false` means that the message has to come again. Never rejects. */
  readonly deliver: (message: M) => Promise<boolean>;
  /** Whether there is time to begin with another message. */
  readonly mayStart: () => boolean;
  /**
   * Is told what is left of a group for lack of time; none of it was begun. Never rejects.
   * @param advanced Whether a message of the group was settled before.
   */
  readonly postpone: (messages: readonly M[], advanced: boolean) => Promise<void>;
  /** Is called before a suspect begins, when nothing else is under way. Never rejects. */
  readonly isolate: () => Promise<void>;
  /** How many groups are worked on at once. */
  readonly groupsAtOnce: number;
  readonly random: Random;
}

/** The message of a group that is next. */
interface Turn<M> {
  readonly group: readonly M[];
  readonly index: number;
  readonly message: M;
  /** Decides between groups whose next messages were received equally often. */
  readonly lot: number;
}

/**
 * Groups at once, strictly in order inside each. A group stops at its first failure; what did not run is returned
 * with it, since Lambda deletes every message that the response leaves out.
 *
 * A message that was received that often without an end may be one that ends its process. Such suspects, and what
 * follows them in their groups, wait for all others, then run one at a time, the fewest receives first: so whoever is to
 * blame dies alone. Equals draw lots, or the same ones would wait behind it each time.
 */
export async function processBatch<M extends Received>(
  messages: readonly M[],
  { deliver, mayStart, postpone, isolate, groupsAtOnce, random }: BatchOptions<M>,
): Promise<SQSBatchResponse> {
  const groups = groupsOf(messages);
  const waiting = groups.values();
  const suspects: Turn<M>[] = [];
  const failed: M[] = [];

  /** @returns The group's next turn, where it goes on. */
  async function take({ group, index, message, lot }: Turn<M>): Promise<Turn<M> | undefined> {
    const inTime = mayStart();
    if (inTime && isSuspect(message)) await isolate();
    if (inTime && (await deliver(message))) return turnOf(group, index + 1, lot);
    const rest = group.slice(index);
    failed.push(...rest);
    if (!inTime) await postpone(rest, index > 0);
    return undefined;
  }

  async function work(): Promise<void> {
    for (const group of waiting) {
      let turn = turnOf(group, 0, random.next());
      while (turn !== undefined && !isSuspect(turn.message)) turn = await take(turn);
      if (turn !== undefined) suspects.push(turn);
    }
  }

  const workers = Array.from({ length: Math.min(groupsAtOnce, groups.length) }, work);
  // All of them first: a runtime that ends while a handler is at work freezes it, and thaws it in another invocation.
  for (const worker of await Promise.allSettled(workers)) {
    if (worker.status === 'rejected') throw worker.reason;
  }
  for (;;) {
    const turn = suspects.sort(fewestReceivesFirst).shift();
    if (turn === undefined) break;
    const next = await take(turn);
    if (next !== undefined) suspects.push(next);
  }
  return { batchItemFailures: failed.map(({ id }) => ({ itemIdentifier: id })) };
}

function turnOf<M>(group: readonly M[], index: number, lot: number): Turn<M> | undefined {
  const message = group[index];
  return message && { group, index, message, lot };
}

function fewestReceivesFirst(a: Turn<Received>, b: Turn<Received>): number {
  return a.message.receiveCount - b.message.receiveCount || a.lot - b.lot;
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
