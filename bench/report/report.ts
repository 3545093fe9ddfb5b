import { writeFileSync } from 'node:fs';
import { textOf } from './print.ts';
import { machine, type Results } from './results.ts';
import type { Row } from './row.ts';

/** Prints the rows of one comparison, for a command that does nothing else. */
export function report(rows: readonly Row[], json: string | undefined): void {
  process.stdout.write(`${textOf(rows)}\n`);
  save({ rows, machine: machine() }, json);
}

/** @param file Where `--json` says, if it does. */
export function save(results: Results | object, file: string | undefined): void {
  if (file !== undefined) writeFileSync(file, `${JSON.stringify(results, undefined, 2)}\n`);
}
