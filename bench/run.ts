import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { batchRows } from './batches.ts';
import { textOf } from './print.ts';
import { machine, type Results } from './results.ts';
import type { Row } from './row.ts';
import { writeDocs } from './write-docs.ts';

/**
 * Every comparison, printed as it is done: `npm run bench [-- --json FILE --docs]`. `--docs` writes tables and chart of
 * docs/benchmarks.md anew.
 */
const { values } = parseArgs({ options: { json: { type: 'string' }, docs: { type: 'boolean' } } });

const comparisons: readonly (() => Promise<Row[]>)[] = [batchRows];

const rows: Row[] = [];
for (const compare of comparisons) {
  const compared = await compare();
  process.stdout.write(`${textOf(compared)}\n\n`);
  rows.push(...compared);
}
const results: Results = { rows, machine: machine() };
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(results, undefined, 2)}\n`);
if (values.docs) writeDocs(results);
