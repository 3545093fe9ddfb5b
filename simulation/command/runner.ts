import { parentPort, workerData } from 'node:worker_threads';
import { breakRule } from '../mutants/break.ts';
import type { MutantName } from '../mutants/table.ts';
import type { Scenario } from '../scenario.ts';

/** What a thread is told: seeds to run. */
export interface Order {
  readonly scenarios: readonly Scenario[];
}

/** What it tells of them. */
export interface Report {
  readonly runs: number;
  readonly deliveries: number;
  readonly steps: number;
  readonly struck: Readonly<Record<string, number>>;
  readonly outcomes: Readonly<Record<string, number>>;
  readonly known: Readonly<Record<string, number>>;
  readonly failures: readonly Failure[];
}

export interface Failure {
  readonly scenario: Scenario;
  readonly violations: readonly string[];
}

const { mutant } = workerData as { readonly mutant: MutantName | undefined };
if (mutant !== undefined) breakRule(mutant);
const { runTwice } = await import('../run-twice.ts');

parentPort?.on('message', async ({ scenarios }: Order) => {
  const struck: Record<string, number> = {};
  const outcomes: Record<string, number> = {};
  const known: Record<string, number> = {};
  const failures: Failure[] = [];
  let deliveries = 0;
  let steps = 0;
  for (const scenario of scenarios) {
    const result = await runTwice(scenario);
    deliveries += result.deliveries;
    steps += result.steps;
    add(struck, result.struck);
    add(outcomes, result.outcomes);
    add(known, result.known);
    if (result.violations.length > 0) failures.push({ scenario, violations: result.violations });
  }
  const report: Report = { runs: scenarios.length, deliveries, steps, struck, outcomes, known, failures };
  parentPort?.postMessage(report);
});

function add(sums: Record<string, number>, counts: ReadonlyMap<string, number>): void {
  for (const [name, count] of counts) sums[name] = (sums[name] ?? 0) + count;
}
