import Table from 'cli-table3';
import type { Terminal } from './terminal.ts';
import { wrap } from './wrap.ts';

export interface Column<Row> {
  readonly title: string;
  readonly value: (row: Row) => string;
  /** Numbers stand below each other. */
  readonly isNumber?: boolean;
}

/** Two columns of space between cells, and no lines. */
const bare = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
} as const;

/** A table that fits the terminal: on a narrow one, each row becomes a paragraph. */
export function formatTable<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  { width, colors }: Pick<Terminal, 'width' | 'colors'>,
): string {
  const cells = rows.map((row) => columns.map(({ value }) => value(row)));
  const widths = columns.map(({ title }, index) =>
    Math.max(title.length, ...cells.map((row) => row[index]?.length ?? 0)),
  );
  const natural = widths.reduce((sum, one) => sum + one, 2 * (columns.length - 1));
  if (natural > width) return cells.map((row) => paragraph(row, columns, width)).join('\n\n');
  const table = new Table({
    head: columns.map(({ title }) => colors.dim(title)),
    chars: bare,
    colAligns: columns.map(({ isNumber }) => (isNumber ? 'right' : 'left')),
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
  });
  table.push(...cells);
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

function paragraph<Row>(
  [first = '', ...others]: readonly string[],
  columns: readonly Column<Row>[],
  width: number,
): string {
  const lines = others.flatMap((cell, index) =>
    cell === '' ? [] : wrap(`${columns[index + 1]?.title ?? ''}: ${cell}`, width, '  '),
  );
  return [`${columns[0]?.title ?? ''} ${first}`, ...lines].join('\n');
}
