import type { Row } from './row.ts';

/** Rounds to three significant digits, and a number from 1,000 on to a whole number: `0.2`, `12.3`, `231`, `3,875`. */
export function digits(number: number): string {
  const rounded = Number(number.toPrecision(3));
  return (Math.abs(number) < 1000 ? rounded : Math.round(number)).toLocaleString('en', {
    maximumFractionDigits: 6,
  });
}

export function verdict({ target }: Row): string {
  return target === undefined ? '' : `${target.met ? 'met' : 'missed'}: ${target.text}`;
}

export function spreadOf({ ratio, spread: [least, most] }: Row): string {
  return `${digits(ratio)} (${digits(least)} to ${digits(most)})`;
}

/** The rows as text: a line for each scenario, and under it the lines of each peer. */
export function textOf(rows: readonly Row[]): string {
  const lines: string[] = [];
  let scenario: string | undefined;
  for (const row of rows) {
    if (row.scenario !== scenario) lines.push('', row.scenario);
    scenario = row.scenario;
    const times = `${digits(row.oursMs)} ms, ${row.peer} ${digits(row.peerMs)} ms`;
    const requests = `requests ${digits(row.oursRequests)} and ${digits(row.peerRequests)}`;
    lines.push(`  ${times}: ${spreadOf(row)} times; ${requests}`);
    for (const [name, { ours, peer }] of Object.entries(row.besides ?? {})) {
      lines.push(`    ${name}: ${digits(ours)} and ${digits(peer)}`);
    }
    if (row.target !== undefined) lines.push(`    target ${verdict(row)}`);
  }
  return lines.join('\n').trimStart();
}
