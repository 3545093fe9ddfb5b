import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { batchRows } from './batches.ts';
import { textOf } from './print.ts';
import type { Row } from './row.ts';

/**
 * Every comparison, printed as it is done: `npm run bench [-- --json FILE] [--docs]`. `--docs` writes table and chart of
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
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify({ rows }, undefined, 2)}\n`);
