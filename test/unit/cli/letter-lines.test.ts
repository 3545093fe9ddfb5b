import { formatLetters } from '../../../cli/commands/dlq/letter-lines.ts';
import type { Letter } from '../../../operations/letters/list-letters.ts';
import { isLost } from '../../../operations/records/standing.ts';

const now = 1_800_000_000_000;
const day = 86_400_000;
const letter = (eventId: string, ageMs: number): Letter => ({
  letter: `m-${eventId}`,
  record: `shop#%letter#m-${eventId}`,
  code: 'CONFLICT',
  messageGroup: 'g-1',
  since: now - ageMs,
  eventId,
});
const plain = (text: string) => text;
const shown = { width: 120, colors: { bold: plain, dim: plain } } as never;

test('a letter that the queue has deleted at the end of its retention is LOST', () => {
  const terms = { now, deadLetterRetentionSeconds: 14 * 86_400 };
  const letters = [letter('kept', 14 * day), letter('gone', 14 * day + 1)];
  const lines = formatLetters(letters, now, shown, ({ since }) => isLost(since, terms)).split('\n');
  expect(lines.find((line) => line.includes('kept'))).not.toContain('LOST');
  expect(lines.find((line) => line.includes('gone'))).toContain('LOST');
});

test('a listing without a lost letter has no column for it', () => {
  expect(formatLetters([letter('kept', day)], now, shown)).not.toContain('LOST');
});
