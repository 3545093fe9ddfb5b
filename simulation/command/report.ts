import type { RunResult } from '../run.ts';
import type { Scenario } from '../scenario.ts';

/** The joint result of several runs. */
export interface Report {
  readonly runs: number;
  readonly deliveries: number;
  readonly steps: number;
  readonly struck: Counts;
  readonly outcomes: Counts;
  readonly known: Counts;
  readonly failures: readonly Failure[];
}

export interface Failure {
  readonly scenario: Scenario;
  readonly violations: readonly string[];
}

/** Counts by name. */
type Counts = Readonly<Record<string, number>>;

/** The report of one run. */
export function reportOf(scenario: Scenario, result: RunResult): Report {
  const { deliveries, steps, struck, outcomes, known, violations } = result;
  return {
    runs: 1,
    deliveries,
    steps,
    struck: Object.fromEntries(struck),
    outcomes: Object.fromEntries(outcomes),
    known: Object.fromEntries(known),
    failures: violations.length === 0 ? [] : [{ scenario, violations }],
  };
}

export function addUp(reports: readonly Report[]): Report {
  const sum = (of: 'runs' | 'deliveries' | 'steps') =>
    reports.reduce((total, report) => total + report[of], 0);
  const counts = (of: 'struck' | 'outcomes' | 'known') => sumOf(reports.map((report) => report[of]));
  return {
    runs: sum('runs'),
    deliveries: sum('deliveries'),
    steps: sum('steps'),
    struck: counts('struck'),
    outcomes: counts('outcomes'),
    known: counts('known'),
    failures: reports.flatMap(({ failures }) => failures),
  };
}

function sumOf(all: readonly Counts[]): Counts {
  const total: Record<string, number> = {};
  for (const [name, count] of all.flatMap((counts) => Object.entries(counts))) {
    total[name] = (total[name] ?? 0) + count;
  }
  return total;
}
