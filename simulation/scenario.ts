import { workloadOf } from './workloads/workloads.ts';
import type { FaultKind } from './world/faults.ts';

/** The complete description of a run, from which it can be replayed. */
export interface Scenario {
  readonly workload: string;
  readonly seed: number;
  /** Positions of the plan's events that are left out. */
  readonly withoutEvents: readonly number[];
  readonly withoutFaults: readonly FaultKind[];
  /** Maximum number of faults. */
  readonly mostFaults: number;
}

/** The scenario of a seed without omissions. */
export function scenarioOf(seed: number): Scenario {
  return {
    seed,
    workload: workloadOf(seed),
    withoutEvents: [],
    withoutFaults: [],
    mostFaults: Number.POSITIVE_INFINITY,
  };
}

/** The command that replays a scenario with a trace. */
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
