import type { SQSBatchResponse } from 'aws-lambda';
import type { Random } from '../../contract/random.ts';
import type { Delivered } from '../delivery/deliver.ts';

/** What a batch needs to know of a message. */
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
   * Works on the next message of a group, or on it and some that follow, of which none is a suspect. Never rejects.
   */
  readonly deliver: (messages: readonly [M, ...M[]]) => Promise<Delivered>;
  /**
   * How many messages of a group there is time to begin with together: 0, 1 or more.
   * @param leavingHalf Whether half of the invocation has to be left for suspects.
   */
  readonly mostToStart: (leavingHalf: boolean) => number;
  /**
   * Is told what is left of a group for lack of time; none of it was begun. Never rejects.
   * @param advanced Whether a message of the group was settled before.
   */
  readonly postpone: (messages: readonly M[], advanced: boolean) => Promise<void>;
  /** Is called before a suspect begins, when nothing else is under way. Never rejects. */
  readonly isolate: () => Promise<void>;
  /** How many groups are worked on at once. */
  readonly concurrency: number;
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
 * with it, since Lambda deletes every message that the response leaves out: `Acknowledge` in spec/OrderOnce.tla.
 *
 * A message that was received that often without an end may be one that ends its process. Such suspects, and what
 * follows them in their groups, wait for all others, then run one at a time, the fewest receives first: so whoever is to
 * blame dies alone. Equals draw lots, or the same ones would wait behind it each time. Half of the
 * invocation is left for them: a busy group that fills it would keep them waiting, or have them cut off.
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

  /** @returns The group's next turn, where it goes on. */
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
  // All of them first: a runtime that ends while a handler is at work freezes it, and thaws it in another invocation.
  for (const worker of await Promise.allSettled(workers)) {
    if (worker.status === 'rejected') throw worker.reason;
  }
  for (;;) {
    const [turn] = suspects.sort(fewestReceivesFirst);
    if (turn === undefined) break;
    if (turn.message.isSuspect) await isolate();
    // What follows a suspect in its group leaves the others their half too.
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

/** What a message may be settled together with: what comes next in its group, up to a suspect. */
function followersOf<M extends Received>(message: M, next: readonly M[]): readonly M[] {
  if (message.isSuspect) return [];
  const suspect = next.findIndex(({ isSuspect }) => isSuspect);
  return suspect === -1 ? next : next.slice(0, suspect);
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
