import { parentPort, workerData } from 'node:worker_threads';
import { breakRule } from '../mutants/break.ts';
import type { MutantName } from '../mutants/table.ts';
import type { Scenario } from '../scenario.ts';
import { addUp, type Report, reportOf } from './report.ts';

/** Message to a thread: the seeds to run. It tells a `Report` of them. */
export interface Order {
  readonly scenarios: readonly Scenario[];
}

const { mutant } = workerData as { readonly mutant: MutantName | undefined };
if (mutant !== undefined) breakRule(mutant);
const { runTwice } = await import('../run-twice.ts');

parentPort?.on('message', async ({ scenarios }: Order) => {
  const reports: Report[] = [];
  for (const scenario of scenarios) reports.push(reportOf(scenario, await runTwice(scenario)));
  parentPort?.postMessage(addUp(reports));
});
