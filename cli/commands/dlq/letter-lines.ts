import type { Letter } from '../../../operations/letters/list-letters.ts';
import { relativeTime } from '../../output/relative-time.ts';
import { type Column, formatTable } from '../../output/table.ts';
import type { Terminal } from '../../output/terminal.ts';

/**
 * A table of letters.
 * @param isLost Whether the queue has deleted a letter by now. @default - not known
 */
export function formatLetters(
  letters: readonly Letter[],
  now: number,
  shown: Terminal,
  isLost: (letter: Letter) => boolean = () => false,
): string {
  const lost = { title: '', value: (letter: Letter) => (isLost(letter) ? 'LOST' : '') };
  return formatTable(letters, [...columns(now), ...(letters.some(isLost) ? [lost] : [])], shown);
}

const columns = (now: number): readonly Column<Letter>[] => [
  { title: 'event', value: ({ eventId, letter }) => eventId ?? letter },
  { title: 'subject', value: ({ subject = '' }) => subject },
  { title: 'code', value: ({ code }) => code },
  { title: 'since', value: ({ since }) => relativeTime(since, now) },
  { title: 'group', value: ({ messageGroup }) => messageGroup },
];
