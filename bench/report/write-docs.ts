import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { argv } from 'node:process';
import { isMain } from '../measure/is-main.ts';
import { chartOf, clustersOf } from './chart.ts';
import { markdownTable, writeGenerated } from './generated.ts';
import { digits, spreadOf, verdict } from './print.ts';
import type { Results } from './results.ts';
import type { Row } from './row.ts';

/** Writes tables and chart of docs/benchmarks.md. */
export function writeDocs({ machine, rows }: Results): void {
  writeGenerated('benchmarks.md', { machine: `${machine}.`, results: tablesOf(rows).join('\n\n') });
  const groupsOf = (scenario: string) => /^batch of 10 in (.*), first deliveries$/.exec(scenario)?.[1];
  const svg = chartOf('A batch of ten first deliveries, 5 ms a request', clustersOf(rows, groupsOf));
  writeFileSync(join(import.meta.dirname, '../../docs/benchmarks.svg'), svg);
}

/** One table for consecutive rows with the same other measurements. */
function tablesOf(rows: readonly Row[]): string[] {
  const tables: Row[][] = [];
  for (const row of rows) {
    const last = tables.at(-1);
    if (last?.[0] !== undefined && besidesOf(last[0]).join() === besidesOf(row).join()) last.push(row);
    else tables.push([row]);
  }
  return tables.map(tableOf);
}

function besidesOf({ besides = {} }: Row): string[] {
  return Object.keys(besides);
}

function tableOf(rows: readonly [Row, ...Row[]] | readonly Row[]): string {
  const besides = rows[0] === undefined ? [] : besidesOf(rows[0]);
  const pair = (ours: number, peer: number) => `${digits(ours)} / ${digits(peer)}`;
  const head = ['scenario', 'beside', 'ms', 'times (least to most)', 'requests', ...besides, 'target'];
  const lines = rows.map((row, index) => [
    row.scenario === rows[index - 1]?.scenario ? '' : row.scenario,
    row.peer,
    pair(row.oursMs, row.peerMs),
    spreadOf(row),
    pair(row.oursRequests, row.peerRequests),
    ...besides.map((name) => {
      const { ours = Number.NaN, peer = Number.NaN } = row.besides?.[name] ?? {};
      return pair(ours, peer);
    }),
    verdict(row),
  ]);
  return markdownTable(head, lines);
}

if (isMain(import.meta)) {
  const [, , file = ''] = argv;
  writeDocs(JSON.parse(readFileSync(file, 'utf8')));
}
