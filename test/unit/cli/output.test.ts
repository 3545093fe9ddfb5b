import pc from 'picocolors';
import { lengthOfTime, relativeTime } from '../../../cli/output/relative-time.ts';
import { formatTable } from '../../../cli/output/table.ts';
import { limited } from '../../../cli/output/terminal.ts';
import { wrap } from '../../../cli/output/wrap.ts';

const colors = pc.createColors(false);
const minute = 60_000;

test.each([
  [-400, 'now'],
  [-40_000, '40 sec. ago'],
  [-89_000, '89 sec. ago'],
  [-90_000, '1 min. ago'],
  [5 * minute, 'in 5 min.'],
  [-100 * minute, '1 hr. ago'],
  [-30 * 60 * minute, '30 hr. ago'],
  [40 * 60 * minute, 'in 1 day'],
])('%d ms from now is "%s"', (ms, text) => {
  expect(relativeTime(1_000_000_000 + ms, 1_000_000_000)).toBe(text);
});

test('a length of time has no direction', () => {
  expect([lengthOfTime(90_000), lengthOfTime(100)]).toEqual(['1 min.', '0 sec.']);
});

test('lines break between words, and a longer word keeps its line', () => {
  expect(wrap('one two three-hundred-and-four five', 12, '  ')).toBe(
    '  one two\n  three-hundred-and-four\n  five',
  );
});

const columns = [
  { title: 'consumer', value: ({ name }: { name: string; count: number }) => name },
  { title: 'waiting', isNumber: true, value: ({ count }: { name: string; count: number }) => String(count) },
];
const rows = [
  { name: 'billing', count: 7 },
  { name: 'fulfilment', count: 1200 },
];

test('a table puts numbers below each other, and ends no line with spaces', () => {
  expect(formatTable(rows, columns, { width: 46, colors })).toBe(
    ['consumer    waiting', 'billing           7', 'fulfilment     1200'].join('\n'),
  );
});

test('where a table does not fit, each row is a paragraph', () => {
  expect(formatTable(rows, columns, { width: 12, colors })).toBe(
    ['consumer billing', '  waiting: 7', '', 'consumer fulfilment', '  waiting:', '  1200'].join('\n'),
  );
});

test('a long text says how many lines it left out, and how to see them', () => {
  expect(limited('1\n2\n3\n4', { width: 46, colors, lines: 3 })).toBe('1\n2\n2 more lines: --all');
  expect(limited('1\n2\n3', { width: 46, colors, lines: 3 })).toBe('1\n2\n3');
});
