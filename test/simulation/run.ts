import type { FaultKind } from './world/faults.ts';
import { RandomFaults } from './world/faults.ts';
import { inside } from './world/ambient.ts';
import { Prng } from './world/prng.ts';
import { World } from './world/world.ts';
import { type Plan, planOf, troubleKinds } from './workloads/plan.ts';
import { workloads } from './workloads/workloads.ts';
import { consumerNames } from './actors/parts.ts';
import type { Scenario } from './scenario.ts';
import { Shop } from './shop.ts';

export interface RunResult {
  readonly hash: string;
  readonly deliveries: number;
  readonly steps: number;
  readonly events: number;
  readonly struck: ReadonlyMap<FaultKind, number>;
  readonly outcomes: ReadonlyMap<string, number>;
  readonly violations: readonly string[];
  readonly lines: readonly string[] | undefined;
}

export function planFor({ workload, seed, withoutEvents, withoutFaults }: Scenario): Plan {
  const character = workloads[workload];
  if (character === undefined) throw new Error(`There is no workload "${workload}"`);
  const plan = planOf(seed, character, consumerNames);
  const events = plan.events.flatMap((planned) => {
    if (withoutEvents.includes(planned.index)) return [];
    const extras = planned.extras.filter(({ kind }) => !withoutFaults.includes(kind));
    const troubles = [...planned.troubles].filter(([, { trouble }]) => !withoutFaults.includes(troubleKinds[trouble]));
    return [{ ...planned, extras, troubles: new Map(troubles) }];
  });
  return { ...plan, events };
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
  return {
    hash: world.log.hash,
    deliveries: shop.deliveries,
    steps: world.scheduler.steps,
    events: plan.events.length,
    struck: faults.struck,
    outcomes: shop.outcomes,
    violations: world.violations,
    lines: world.log.lines,
  };
}

