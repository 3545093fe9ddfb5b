import { writeFileSync } from 'node:fs';
import { textOf } from './print.ts';
import { machine, type Results } from './results.ts';
import type { Row } from './row.ts';

/** Prints the rows of a command that runs one comparison, and saves them if `json` names a file. */
export function report(rows: readonly Row[], json: string | undefined): void {
  process.stdout.write(`${textOf(rows)}\n`);
  save({ rows, machine: machine() }, json);
}

/** @param file The file of `--json`; `undefined` saves nothing. */
export function save(results: Results | object, file: string | undefined): void {
  if (file !== undefined) writeFileSync(file, `${JSON.stringify(results, undefined, 2)}\n`);
}
