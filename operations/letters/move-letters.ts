import type { Message, SQSClient } from '@aws-sdk/client-sqs';
import { type Clock, systemClock } from '../../contract/clock.ts';
import { deleteLetter, hiddenSeconds, inFlight, receiveLetters, showAgain } from './letter-queue.ts';
import { letterIdOf } from './resend.ts';

export interface MoveOptions {
  readonly client: SQSClient;
  readonly deadLetterQueueUrl: string;
  /** Ids of the letters that have to be moved. */
  readonly wanted: ReadonlySet<string>;
  /**
   * Brings a letter to its new place, before it is deleted here.
   * @returns Whether it may be deleted. A letter that may not stays, and its group with it.
   */
  move(letter: Message, id: string): Promise<boolean>;
  /**
   * Whether a letter is at its new place already, in this queue.
   * @default - letters leave this queue
   */
  readonly isThere?: (letter: Message) => boolean;
  /** Called after a letter was deleted. */
  moved(id: string): Promise<void>;
  /** Called before each receive; resolves once there is room for more at the new place. */
  room(): Promise<void>;
  /**
   * Whether letters behind one that stays are moved too. Only for what does not keep an order.
   * @default false
   */
  readonly passesOthers?: boolean;
  readonly signal?: AbortSignal | undefined;
  readonly clock?: Clock;
}

export interface MoveResult {
  readonly moved: ReadonlySet<string>;
  /** Message groups whose front is a letter that stays. */
  readonly stuck: ReadonlySet<string>;
}

/** Receives in a row without a letter before the queue counts as empty: one poll can miss a server of SQS. */
const emptyReceives = 3;

/** How long a queue with hidden letters is asked again, in ms: another run, killed or not, hides them no longer. */
const patienceMs = (hiddenSeconds + 10) * 1000;

/**
 * Takes letters from the front of a dead-letter queue: receive, move, delete, in the order of each group. It can end
 * anywhere: what was moved and not deleted is moved again by the next run, under the same deduplication id.
 *
 * A letter that stays is hidden until the end, since its group would give it again and again. Then all are shown.
 */
export async function moveLetters(options: MoveOptions): Promise<MoveResult> {
  const { client, deadLetterQueueUrl, wanted, signal, clock = systemClock, isThere = () => false } = options;
  const moved = new Set<string>();
  const stuck = new Set<string>();
  const held = new Map<string, Message>();
  const moveGroup = async (group: string, letters: readonly Message[], until: number) => {
    for (const letter of letters) {
      // The rest comes back by itself. It must not be sent while another run may have it.
      if (clock.now() > until) return;
      const id = letterIdOf(letter);
      const isHere = isThere(letter);
      if (isHere) moved.add(id);
      const isBehind = stuck.has(group) && options.passesOthers !== true;
      if (isHere || moved.has(id) || isBehind || !wanted.has(id) || !(await options.move(letter, id))) {
        if (!isHere) stuck.add(group);
        held.set(letter.MessageId ?? '', letter);
        continue;
      }
      await deleteLetter(client, deadLetterQueueUrl, letter);
      moved.add(id);
      await options.moved(id);
    }
  };
  try {
    let lastAt = clock.now();
    for (let empty = 0; moved.size < wanted.size && empty < emptyReceives; ) {
      signal?.throwIfAborted();
      await options.room();
      const letters = await receiveLetters(client, deadLetterQueueUrl);
      const until = clock.now() + (hiddenSeconds * 1000) / 2;
      // Letters that stay come back after their time, and say nothing new.
      const isNew = letters.some(({ MessageId = '' }) => !held.has(MessageId));
      const groups = byGroup(letters);
      const ends = await Promise.allSettled(
        [...groups].map(([group, inOrder]) => moveGroup(group, inOrder, until)),
      );
      const failed = ends.find((end) => end.status === 'rejected');
      if (failed !== undefined) throw failed.reason;
      if (isNew) {
        empty = 0;
        lastAt = clock.now();
        continue;
      }
      const areHidden = (await inFlight(client, deadLetterQueueUrl)) > held.size;
      empty = areHidden && clock.now() - lastAt < patienceMs ? 0 : empty + 1;
    }
  } finally {
    // From the last to the first, so that no letter comes out of turn meanwhile.
    for (const letter of [...held.values()].reverse()) await showAgain(client, deadLetterQueueUrl, letter);
  }
  return { moved, stuck };
}

function byGroup(letters: readonly Message[]): Map<string, Message[]> {
  const groups = new Map<string, Message[]>();
  for (const letter of letters) {
    const group = letter.Attributes?.MessageGroupId ?? '';
    const own = groups.get(group);
    if (own === undefined) groups.set(group, [letter]);
    else own.push(letter);
  }
  return groups;
}
