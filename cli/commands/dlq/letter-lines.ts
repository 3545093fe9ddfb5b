import type { Letter } from '../../../operations/letters/list-letters.ts';
import { relativeTime } from '../../output/relative-time.ts';
import { type Column, formatTable } from '../../output/table.ts';
import type { Terminal } from '../../output/terminal.ts';

/** A table of letters. */
export function formatLetters(letters: readonly Letter[], now: number, shown: Terminal): string {
  return formatTable(letters, columns(now), shown);
}

const columns = (now: number): readonly Column<Letter>[] => [
  { title: 'event', value: ({ eventId, letter }) => eventId ?? letter },
  { title: 'subject', value: ({ subject = '' }) => subject },
  { title: 'code', value: ({ code }) => code },
  { title: 'since', value: ({ since }) => relativeTime(since, now) },
  { title: 'group', value: ({ messageGroup }) => messageGroup },
];
