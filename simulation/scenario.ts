import { workloadOf } from './workloads/workloads.ts';
import type { FaultKind } from './world/faults.ts';

/** One run, so that it can be told to somebody else: everything in it follows from this. */
export interface Scenario {
  readonly workload: string;
  readonly seed: number;
  /** Places of events in the plan that are left out. */
  readonly withoutEvents: readonly number[];
  readonly withoutFaults: readonly FaultKind[];
  /** How many faults strike at most. */
  readonly mostFaults: number;
}

/** A seed as it is: nothing is left out. */
export function scenarioOf(seed: number): Scenario {
  return {
    seed,
    workload: workloadOf(seed),
    withoutEvents: [],
    withoutFaults: [],
    mostFaults: Number.POSITIVE_INFINITY,
  };
}

/** The command that plays a scenario again, and prints what happens. */
export function commandOf(scenario: Scenario, mutant: string | undefined): string {
  const { seed, workload, withoutEvents, withoutFaults, mostFaults } = scenario;
  return [
    `npm run simulate -- --seeds ${seed}..${seed} --workload ${workload}`,
    withoutEvents.length > 0 && `--without-events ${withoutEvents.join(',')}`,
    withoutFaults.length > 0 && `--without-faults "${withoutFaults.join(',')}"`,
    Number.isFinite(mostFaults) && `--most-faults ${mostFaults}`,
    mutant !== undefined && `--mutant "${mutant}"`,
    '--trace',
  ]
    .filter((part) => part !== false)
    .join(' ');
}
