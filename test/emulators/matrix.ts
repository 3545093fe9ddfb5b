import { type Ability, abilities } from '../../local/endpoint/abilities.ts';
import { emulators } from '../../local/endpoint/emulators.ts';
import type { FileResults } from './read-results.ts';

/** The results of one run of the integration tests. */
export interface Run {
  /** The name of the emulator, as people know it. */
  readonly title: string;
  readonly files: ReadonlyMap<string, FileResults>;
}

/** The table of differences from AWS that commands and tests take into account. */
export function differencesTable(): string {
  const titles = Object.values(emulators).map(({ title }) => title);
  const rows = Object.entries(abilities).map(([name, { without, aws }]) => {
    const ability = name as Ability;
    const answers = Object.values(emulators).map(({ lacks }) => (lacks.includes(ability) ? 'yes' : 'no'));
    return [`It ${without}`, ...answers, aws];
  });
  return table(['difference', ...titles, 'AWS'], rows);
}

/** The table of the integration tests: for each file, how many tests passed and how many were skipped. */
export function resultsTable(runs: readonly Run[]): string {
  const files = [...new Set(runs.flatMap((run) => [...run.files.keys()]))].sort();
  const cell = ({ passed, failed, skipped }: FileResults) =>
    [`${passed} passed`, failed > 0 && `${failed} failed`, skipped.length > 0 && `${skipped.length} skipped`]
      .filter((part) => part !== false)
      .join(', ');
  const sum = (run: Run): FileResults => {
    const all = [...run.files.values()];
    return {
      passed: all.reduce((total, { passed }) => total + passed, 0),
      failed: all.reduce((total, { failed }) => total + failed, 0),
      skipped: all.flatMap(({ skipped }) => skipped),
    };
  };
  const rows = files.map((file) => [
    `\`${file}\``,
    ...runs.map((run) => {
      const results = run.files.get(file);
      return results === undefined ? '' : cell(results);
    }),
  ]);
  return table(
    ['tests in `test/integration/`', ...runs.map(({ title }) => title)],
    [...rows, ['all', ...runs.map((run) => cell(sum(run)))]],
  );
}

/** The skipped tests of each run, by name. */
export function skippedList(runs: readonly Run[]): string {
  return runs
    .map(({ title, files }) => {
      const names = [...files.values()].flatMap(({ skipped }) => skipped).sort();
      return [`Skipped on ${title}:`, '', ...names.map((name) => `- ${name}`)].join('\n');
    })
    .join('\n\n');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
