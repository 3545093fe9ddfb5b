import { writeFile } from 'node:fs/promises';
import { checkWritable } from '../../system/check-writable.ts';
import { command } from '../../system/command.ts';
import { breakRule } from '../mutants/break.ts';
import { commandOf, type Scenario } from '../scenario.ts';
import { workloadOf } from '../workloads/workloads.ts';
import { faultKinds } from '../world/faults.ts';
import { readOptions, type SimulateOptions, usage } from './options.ts';
import type { Report } from './report.ts';
import { runAll } from './threads.ts';

/** Number of failures that are printed completely, because a broken rule fails most seeds. */
const mostTold = 3;

await command(process.argv.slice(2), readOptions, usage, async (options) => {
  if (options.json !== undefined) await checkWritable(options.json);
  return await (options.trace ? replay(options) : simulate(options));
});

async function simulate(options: SimulateOptions): Promise<boolean> {
  const { seeds, mutant, json } = options;
  const begun = performance.now();
  const total = await runAll(scenariosOf(options), mutant);
  const seconds = (performance.now() - begun) / 1000;
  process.stdout.write(summaryOf(total, seconds));
  if (mutant !== undefined) breakRule(mutant);
  const { shrink } = await import('../shrink.ts');
  const told = [];
  for (const failure of total.failures.slice(0, mostTold)) {
    const shrunk = await shrink(failure.scenario);
    const command = commandOf(shrunk, mutant);
    told.push({ ...failure, shrunk, command });
    const { seed, workload } = failure.scenario;
    process.stdout.write(`\nSeed ${seed} (${workload}): ${failure.violations.join('\n  ')}\n  ${command}\n`);
  }
  const more = total.failures.length - told.length;
  if (more > 0) {
    const others = total.failures.slice(mostTold, 50).map(({ scenario }) => scenario.seed);
    process.stdout.write(`\n${more} more seeds fail: ${others.join(' ')}\n`);
  }
  if (json !== undefined) {
    const result = { seeds, seconds, ...total, failures: told, failed: total.failures.length };
    await writeFile(json, `${JSON.stringify(result, null, 2)}\n`);
  }
  return total.failures.length === 0;
}

/** Replays one run and prints all of its steps. */
async function replay(options: SimulateOptions): Promise<boolean> {
  const [scenario] = scenariosOf(options);
  if (options.mutant !== undefined) breakRule(options.mutant);
  const { run } = await import('../run.ts');
  const { lines = [], violations } = await run(scenario as Scenario, true);
  process.stdout.write(`${lines.join('\n')}\n`);
  return violations.length === 0;
}

function scenariosOf(options: SimulateOptions): Scenario[] {
  const { seeds, workload, withoutEvents, withoutFaults, mostFaults } = options;
  return Array.from({ length: seeds.last - seeds.first + 1 }, (_, n) => {
    const seed = seeds.first + n;
    return { seed, workload: workload ?? workloadOf(seed), withoutEvents, withoutFaults, mostFaults };
  });
}

function summaryOf(total: Report, seconds: number): string {
  const { runs, deliveries, steps, failures, struck, outcomes, known } = total;
  const count = (n: number) => n.toLocaleString('en');
  const line = (name: string, n: number) => `  ${name.padEnd(38)}${count(n).padStart(12)}`;
  return [
    `${count(runs)} seeds, ${failures.length} of them failed; ${count(deliveries)} deliveries in ${count(steps)} steps, each run twice`,
    `${seconds.toFixed(1)} s, ${count(Math.round(deliveries / seconds))} deliveries/s`,
    '',
    'Faults that struck',
    ...faultKinds.map((kind) => line(kind, struck[kind] ?? 0)),
    '',
    'Outcomes',
    ...Object.entries(outcomes).map(([outcome, n]) => line(outcome, n)),
    ...Object.entries(known).map(([name, n]) => `\nKnown, and struck ${count(n)} times: ${name}`),
    '',
  ].join('\n');
}
