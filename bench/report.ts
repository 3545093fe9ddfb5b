import { writeFileSync } from 'node:fs';
import { textOf } from './print.ts';
import { machine, type Results } from './results.ts';
import type { Row } from './row.ts';

/**
 * Prints the rows of one comparison, for a command that does nothing else.
 *
 * @param json A file that they go to besides, as `npm run bench` writes it.
 */
export function report(rows: readonly Row[], json?: string): void {
  process.stdout.write(`${textOf(rows)}\n`);
  const results: Results = { rows, machine: machine() };
  if (json !== undefined) writeFileSync(json, `${JSON.stringify(results, undefined, 2)}\n`);
}
