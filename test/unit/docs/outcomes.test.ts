import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { metrics } from '../../../contract/reporting/metrics.ts';
import { outcomes } from '../../../contract/reporting/outcomes.ts';
import { reasonCodes } from '../../../contract/reporting/reason-codes.ts';
import type { Reason } from '../../../runtime/message/disposition.ts';

const root = join(__dirname, '../../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');

/** The rows of a page's table with these columns, each cell without its links and code marks. */
function rowsOf(page: string, columns: readonly string[]): string[][] {
  const [, table] = read(page).split(`| ${columns.join(' | ')} |\n|${'---|'.repeat(columns.length)}\n`);
  if (table === undefined) throw new Error(`${page} has no table with the columns ${columns.join(', ')}`);
  const [rows = ''] = table.split('\n\n');
  return rows
    .trim()
    .split('\n')
    .map((row) => row.slice(1, -1).split('|').map(plain));
}

function plain(cell: string): string {
  return cell
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replaceAll('`', '')
    .trim();
}

const documentedOutcomes = rowsOf('docs/outcomes.md', [
  'outcome',
  'level',
  'metric',
  'meaning',
  'the message',
  'what to do',
]);
const documentedCodes = rowsOf('docs/outcomes.md', [
  'code',
  'outcome',
  'appears in',
  'meaning',
  'what to do',
]);
const byName = (one: readonly string[], other: readonly string[]) =>
  String(one[0]).localeCompare(String(other[0]));

describe('the tables of the documentation', () => {
  it('show each outcome with the level, the metric and the meaning of the code, and whether the message waits', () => {
    const documented = documentedOutcomes
      .filter(([outcome]) => !outcome?.includes(', with '))
      .map(([outcome, level, metric, meaning, message]) => [
        outcome,
        level,
        metric,
        meaning,
        message?.startsWith('waits'),
      ]);
    const coded = Object.entries(outcomes).map(([outcome, { level, metric, meaning, waits }]) => [
      outcome,
      level,
      metric,
      meaning,
      waits,
    ]);
    expect(documented.sort(byName as never)).toEqual(coded.sort(byName as never));
  });

  it('name the metrics that count some deliveries a second time', () => {
    const second = documentedOutcomes.filter(([outcome]) => outcome?.includes(', with '));
    expect(second.map(([outcome, , metric]) => [outcome, metric])).toEqual([
      ['applied, with stale', 'also Stale'],
      ['failed, with commonFailure', 'also CommonFailure'],
    ]);
  });

  it('show each metric with its unit and what it measures, in the same order', () => {
    const coded = Object.entries(metrics).map(([name, { unit, measures }]) => [name, unit, plain(measures)]);
    expect(rowsOf('docs/outcomes.md', ['metric', 'unit', 'what it measures'])).toEqual(coded);
  });

  it('show each reason code with the texts of the code, in the same order', () => {
    const documented = documentedCodes
      .filter(([code]) => code !== 'any other')
      .map(([code, , places, meaning, whatToDo]) => [code, places, meaning, whatToDo]);
    const coded = Object.entries(reasonCodes).map(([code, { appearsIn, meaning, whatToDo }]) => [
      code,
      appearsIn.join(', '),
      meaning,
      whatToDo,
    ]);
    expect(documented).toEqual(coded);
  });

  it('name only existing outcomes for reason codes', () => {
    const named = documentedCodes.flatMap(([, outcome = '']) => outcome.split(', ').filter(Boolean));
    expect(named.filter((outcome) => !Object.hasOwn(outcomes, outcome))).toEqual([]);
  });

  it('describe the steps before a redrive only for codes of dead letters', () => {
    const letters = Object.entries(reasonCodes)
      .filter(([, { appearsIn }]) => (appearsIn as readonly string[]).includes('dead letter'))
      .map(([code]) => code);
    const named = rowsOf('docs/failure-modes.md', ['code', 'before a redrive']).flatMap(([codes = '']) =>
      codes.startsWith('any other') ? [] : codes.split(', '),
    );
    expect(named).not.toEqual([]);
    expect(named.filter((code) => !letters.includes(code))).toEqual([]);
  });
});

describe('codes', () => {
  it('do not compile in a reason if the table does not have them', () => {
    // @ts-expect-error: `tsc` fails here if it takes any text.
    const reason: Reason = { code: 'NO_SUCH_CODE', message: '' };
    expect(Object.keys(reasonCodes)).not.toContain(reason.code);
  });

  it('of all errors of runtime and contract are typed by the table', () => {
    const files = ['contract', 'runtime'].flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.ts'))
        .map((name) => join(folder, name)),
    );
    const untyped = files.filter((path) => /extends OrderOnceError\b(?!<)/.test(read(path)));
    expect(untyped).toEqual([]);
  });
});
