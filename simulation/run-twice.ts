import { type RunResult, run } from './run.ts';
import type { Scenario } from './scenario.ts';

/** Runs a scenario twice, to check that its log depends only on the scenario. */
export async function runTwice(scenario: Scenario): Promise<RunResult> {
  const first = await run(scenario);
  const second = await run(scenario);
  if (first.hash === second.hash) return first;
  const differ = `the logs of two runs differ: ${first.hash} and ${second.hash}`;
  return { ...first, violations: [...first.violations, differ] };
}
