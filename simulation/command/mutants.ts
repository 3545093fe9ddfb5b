import { command } from '../../system/command.ts';
import type { Mutant } from '../mutants/mutant.ts';
import { mutants } from '../mutants/table.ts';
import { scenarioOf } from '../scenario.ts';
import { readChosen, usage } from './chosen-mutants.ts';
import type { Failure } from './report.ts';
import { runAll } from './threads.ts';

/** Number of seeds within which each mutant must fail. */
const mostSeeds = 200;

/** Runs each mutant, and prints the first seed that failed. */
const scenarios = Array.from({ length: mostSeeds }, (_, n) => scenarioOf(n + 1));

await command(process.argv.slice(2), readChosen, usage, async ({ names }) => {
  let survivors = 0;
  process.stdout.write('| rule | broken by | seeds | what is noticed |\n|---|---|---|---|\n');
  for (const name of names) {
    const mutant: Mutant = mutants[name];
    const shown = ({ violations }: Failure) =>
      violations.find((violation) => mutant.shows === undefined || mutant.shows.test(violation));
    const chosen = scenarios.map((one) => ({ ...one, workload: mutant.workload ?? one.workload }));
    const { failures } = await runAll(chosen, name, (known) => known.some(shown));
    const first = failures.find(shown);
    if (first === undefined) survivors += 1;
    const of = mutant.workload === undefined ? '' : ` of \`${mutant.workload}\``;
    const found = first === undefined ? 'not found' : `${first.scenario.seed}${of}`;
    process.stdout.write(
      `| ${mutant.rule} | ${name} | ${found} | ${first === undefined ? '' : shown(first)} |\n`,
    );
  }
  return survivors === 0;
});
