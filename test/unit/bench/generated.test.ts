import { markdownTable, wrapped } from '../../../bench/report/generated.ts';

it('wraps a text at 118 characters and keeps every word', () => {
  const text = Array.from({ length: 60 }, (_, index) => `word${index}`).join(' ');
  const lines = wrapped(text).split('\n');
  expect(lines.join(' ')).toBe(text);
  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(118);
  expect(lines).toHaveLength(Math.ceil(text.length / 118));
});

it('makes a table of text and numbers', () => {
  expect(markdownTable(['', 'a'], [['row', 1]])).toBe('|  | a |\n| --- | --: |\n| row | 1 |');
});
