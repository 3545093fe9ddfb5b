import type { SQSBatchResponse } from 'aws-lambda';
import type { Random } from '../../contract/random.ts';
import type { Delivered } from '../delivery/deliver.ts';

/** The parts of a message that the scheduler needs. */
interface Grouped {
  readonly id: string;
  readonly group: string;
}

interface Received extends Grouped {
  readonly receiveCount: number;
  readonly isSuspect: boolean;
}

export interface BatchOptions<M extends Received> {
  /**
   * Delivers the next message of a group, alone or together with some that follow. A suspect is always alone. Never
   * rejects.
   */
  readonly deliver: (messages: readonly [M, ...M[]]) => Promise<Delivered>;
  /**
   * Maximum number of messages of a group that can start together in the remaining time: 0, 1 or more.
   * @param leavingHalf Whether half of the invocation must be left for suspects.
   */
  readonly mostToStart: (leavingHalf: boolean) => number;
  /**
   * Called with the messages of a group that did not start for lack of time. Never rejects.
   * @param advanced Whether a message of the group was settled before.
   */
  readonly postpone: (messages: readonly M[], advanced: boolean) => Promise<void>;
  /** Called before a suspect starts, when no other message is being handled. Never rejects. */
  readonly isolate: () => Promise<void>;
  /** Maximum number of groups that are handled at once. */
  readonly concurrency: number;
  readonly random: Random;
}

/** The next message of a group. */
interface Turn<M> {
  readonly group: readonly M[];
  readonly index: number;
  readonly message: M;
  /** Random number that orders groups whose next messages have equal receive counts. */
  readonly lot: number;
}

/**
 * Handles several groups at once, and the messages of each group strictly in order. A group stops at its first failure.
 * The messages behind it are returned as failures too, because Lambda deletes every message that the response leaves
 * out: `Acknowledge` in spec/OrderOnce.tla.
 *
 * A suspect is a message with so many receives that it may be ending its process. Suspects, and the messages behind
 * them in their groups, wait for all other messages. Then they run one at a time, the fewest receives first, so that a
 * crash affects only the suspect itself. Suspects with equal receives run in random order; otherwise the same ones
 * would wait behind a crashing one each time. Half of the invocation is left for suspects, so that a busy group cannot
 * keep them waiting.
 */
export async function scheduleGroups<M extends Received>(
  messages: readonly M[],
  { deliver, mostToStart, postpone, isolate, concurrency, random }: BatchOptions<M>,
): Promise<SQSBatchResponse> {
  const groups = groupsOf(messages);
  const waiting = groups.values();
  const leavingHalf = messages.some(({ isSuspect }) => isSuspect);
  const suspects: Turn<M>[] = [];
  const failed: M[] = [];

  /** @returns The group's next turn, if the group continues. */
  async function take({ group, index, message, lot }: Turn<M>, most: number): Promise<Turn<M> | undefined> {
    const followers = followersOf(message, group.slice(index + 1)).slice(0, most - 1);
    const { settled, stops } = await deliver([message, ...followers]);
    if (!stops) return turnOf(group, index + settled, lot);
    failed.push(...group.slice(index + settled));
    return undefined;
  }

  async function postponeRest({ group, index }: Turn<M>): Promise<void> {
    const rest = group.slice(index);
    failed.push(...rest);
    await postpone(rest, index > 0);
  }

  async function work(): Promise<void> {
    for (const group of waiting) {
      let turn = turnOf(group, 0, random.next());
      while (turn !== undefined && !turn.message.isSuspect) {
        const most = mostToStart(leavingHalf);
        if (most === 0) {
          await postponeRest(turn);
          break;
        }
        turn = await take(turn, most);
      }
      if (turn?.message.isSuspect) suspects.push(turn);
    }
  }

  const workers = Array.from({ length: Math.min(concurrency, groups.length) }, work);
  // Waits for all workers, because a handler that is still running would be frozen and resumed in another invocation.
  for (const worker of await Promise.allSettled(workers)) {
    if (worker.status === 'rejected') throw worker.reason;
  }
  for (;;) {
    const [turn] = suspects.sort(fewestReceivesFirst);
    if (turn === undefined) break;
    if (turn.message.isSuspect) await isolate();
    // A message behind a suspect also leaves half of the invocation to the other suspects.
    const most = mostToStart(!turn.message.isSuspect && suspects.length > 1);
    if (most === 0 && turn.message.isSuspect) break;
    suspects.shift();
    if (most === 0) {
      await postponeRest(turn);
      continue;
    }
    const next = await take(turn, most);
    if (next !== undefined) suspects.push(next);
  }
  await Promise.all(suspects.map(postponeRest));
  return { batchItemFailures: failed.map(({ id }) => ({ itemIdentifier: id })) };
}

function turnOf<M>(group: readonly M[], index: number, lot: number): Turn<M> | undefined {
  const message = group[index];
  return message && { group, index, message, lot };
}

/** The messages that can be settled together with a message: the next ones of its group, up to a suspect. */
function followersOf<M extends Received>(message: M, next: readonly M[]): readonly M[] {
  if (message.isSuspect) return [];
  const suspect = next.findIndex(({ isSuspect }) => isSuspect);
  return suspect === -1 ? next : next.slice(0, suspect);
}

function fewestReceivesFirst(a: Turn<Received>, b: Turn<Received>): number {
  return a.message.receiveCount - b.message.receiveCount || a.lot - b.lot;
}

/** Returns the messages of each group, in the order of the groups' first messages. */
export function groupsOf<M extends Grouped>(messages: readonly M[]): M[][] {
  const groups = new Map<string, M[]>();
  for (const message of messages) {
    const group = groups.get(message.group);
    if (group === undefined) groups.set(message.group, [message]);
    else group.push(message);
  }
  return [...groups.values()];
}
