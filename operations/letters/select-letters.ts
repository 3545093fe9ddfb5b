import type { ReasonCode } from '../../contract/reporting/reason-codes.ts';
import type { Letter } from './list-letters.ts';

/** Which letters are meant. Each given part narrows the choice. */
export interface Selection {
  readonly code?: string | undefined;
  readonly group?: string | undefined;
  readonly subject?: string | undefined;
  /** The key of a record. */
  readonly record?: string | undefined;
  /** The id of an event. */
  readonly event?: string | undefined;
}

export function isSelected(letter: Letter, { code, group, subject, record, event }: Selection): boolean {
  return (
    (code === undefined || letter.code === code) &&
    (group === undefined || letter.messageGroup === group) &&
    (subject === undefined || letter.subject === subject) &&
    (record === undefined || letter.record === record) &&
    (event === undefined || letter.eventId === event)
  );
}

/** What to do with letters that are not meant and stand before one that is, in the same group. */
export type Predecessors =
  /** Nothing: the plan fails, and names them. */
  | 'refuse'
  /** They are redriven too, before. */
  | 'with'
  /** They go to the end of the dead-letter queue, in their order. */
  | 'defer';

/** The copy of a body that an unknown outcome needs: it is sent by its decision alone. */
const keepsBody: ReasonCode = 'BODY_KEPT';

export interface PlannedLetter extends Letter {
  /**
   * - `send`: to the consumer's queue, as old as it is.
   * - `send-as-new`: the same, and its idempotency window starts again.
   * - `defer`: to the end of the dead-letter queue.
   */
  readonly act: 'send' | 'send-as-new' | 'defer';
}

export interface Selected {
  /** In the order of the queue within each group. */
  readonly letters: readonly PlannedLetter[];
  /** Letters that are not meant, and stand before one that is. Empty unless they are to be refused. */
  readonly inTheWay: readonly Letter[];
}

/**
 * Chooses letters. A FIFO queue hands out a group from its front, so a letter behind others can only be redriven once
 * those are out of its way.
 *
 * @param letters All letters, the oldest first.
 */
export async function selectLetters(
  letters: AsyncIterable<Letter>,
  selection: Selection,
  predecessors: Predecessors,
): Promise<Selected> {
  const chosen: PlannedLetter[] = [];
  const inTheWay: Letter[] = [];
  /** Of each group, the letters that are not meant since the last one that is. */
  const passed = new Map<string, Letter[]>();
  for await (const letter of letters) {
    const { messageGroup } = letter;
    const before = passed.get(messageGroup) ?? [];
    if (!isSelected(letter, selection) || letter.code === keepsBody) {
      before.push(letter);
      passed.set(messageGroup, before);
      continue;
    }
    passed.delete(messageGroup);
    if (predecessors === 'refuse') inTheWay.push(...before);
    else
      chosen.push(
        ...before.map((one) => ({
          ...one,
          act: predecessors === 'with' && one.code !== keepsBody ? ('send' as const) : ('defer' as const),
        })),
      );
    chosen.push({ ...letter, act: 'send' });
  }
  return { letters: chosen, inTheWay };
}
