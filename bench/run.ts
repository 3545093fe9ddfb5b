import { batchRows } from './batches.ts';
import { startRows } from './cold-start.ts';
import { endToEndRows } from './end-to-end.ts';
import { benchCommand, docs } from './measure/command.ts';
import { publisherRows } from './publisher.ts';
import { textOf } from './report/print.ts';
import { save } from './report/report.ts';
import { machine } from './report/results.ts';
import type { Row } from './report/row.ts';
import { writeDocs } from './report/write-docs.ts';

const comparisons: readonly (() => Promise<Row[]>)[] = [batchRows, publisherRows, startRows, endToEndRows];

// Prints each comparison as soon as it is done.
await benchCommand('bench', docs('benchmarks.md'), async ({ has, json }) => {
  const rows: Row[] = [];
  for (const compare of comparisons) {
    const compared = await compare();
    process.stdout.write(`${textOf(compared)}\n\n`);
    rows.push(...compared);
  }
  save({ rows, machine: machine() }, json);
  if (has('docs')) writeDocs({ rows, machine: machine() });
});
