import { consumerNames } from './actors/parts.ts';
import { knownAs } from './oracle/known.ts';
import type { Scenario } from './scenario.ts';
import { Shop } from './shop.ts';
import { type Plan, planOf } from './workloads/plan.ts';
import { troubleKinds } from './workloads/planned-event.ts';
import { workloads } from './workloads/workloads.ts';
import { inside } from './world/ambient.ts';
import type { FaultKind } from './world/faults.ts';
import { RandomFaults } from './world/faults.ts';
import { Prng } from './world/prng.ts';
import { World } from './world/world.ts';

export interface RunResult {
  readonly hash: string;
  readonly deliveries: number;
  readonly steps: number;
  readonly events: number;
  readonly struck: ReadonlyMap<FaultKind, number>;
  readonly outcomes: ReadonlyMap<string, number>;
  readonly violations: readonly string[];
  /** By name: faults of the code that are known and struck again. */
  readonly known: ReadonlyMap<string, number>;
  readonly lines: readonly string[] | undefined;
}

export function planFor({ workload, seed, withoutEvents, withoutFaults }: Scenario): Plan {
  const character = workloads[workload];
  if (character === undefined) throw new Error(`There is no workload "${workload}"`);
  const plan = planOf(seed, character, character.consumers ?? consumerNames);
  const events = plan.events.flatMap((planned) => {
    if (withoutEvents.includes(planned.index)) return [];
    const extras = planned.extras.filter(({ kind }) => !withoutFaults.includes(kind));
    const troubles = [...planned.troubles].filter(
      ([, { trouble }]) => !withoutFaults.includes(troubleKinds[trouble]),
    );
    return [{ ...planned, extras, troubles: new Map(troubles) }];
  });
  const badDeployment = withoutFaults.includes('deployment that fails every event')
    ? undefined
    : plan.badDeployment;
  const ignoring = withoutFaults.includes('deployment that ignores a type') ? undefined : plan.ignoring;
  const laterVersion = withoutFaults.includes('record of a later version') ? undefined : plan.laterVersion;
  const deployments = plan.deployments.map((one) => ({
    ...one,
    ...(withoutFaults.includes('deployment with another guarantee') && { guarantees: new Map() }),
    ...(withoutFaults.includes('deployment with another fingerprint') && { ownContent: false }),
  }));
  return { ...plan, events, deployments, badDeployment, ignoring, laterVersion };
}

export async function run(scenario: Scenario, trace = false): Promise<RunResult> {
  const { seed, withoutFaults, mostFaults } = scenario;
  const plan = planFor(scenario);
  const faults = new RandomFaults(new Prng(seed, 'faults'), {
    rates: plan.faults.rates,
    without: new Set(withoutFaults),
    most: mostFaults,
  });
  const world = new World({ seed, faults, trace });
  const shop = new Shop(world, plan);
  await inside(world, shop.fetch, () => shop.run());
  const { violations, known } = sorted(world.violations, faults.struck);
  return {
    hash: world.log.hash,
    deliveries: shop.deliveries,
    steps: world.scheduler.steps,
    events: plan.events.length,
    struck: faults.struck,
    outcomes: shop.outcomes,
    violations,
    known,
    lines: world.log.lines,
  };
}

function sorted(all: readonly string[], struck: ReadonlyMap<FaultKind, number>) {
  const violations: string[] = [];
  const known = new Map<string, number>();
  for (const violation of all) {
    const name = knownAs(violation, struck);
    if (name === undefined) violations.push(violation);
    else known.set(name, (known.get(name) ?? 0) + 1);
  }
  return { violations, known };
}
