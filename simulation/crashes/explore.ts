import { Shop } from '../shop.ts';
import type { Plan } from '../workloads/plan.ts';
import { inside } from '../world/ambient.ts';
import { CrashesAt } from '../world/faults.ts';
import { World } from '../world/world.ts';

export interface Crashed {
  /** Number of crash points of the run: before and after each call. */
  readonly points: number;
  readonly violations: readonly string[];
  readonly lines: readonly string[] | undefined;
}

/** Runs a plan in which processes die at these points, without other faults. */
export async function crash(plan: Plan, points: readonly number[], trace = false): Promise<Crashed> {
  const faults = new CrashesAt(points);
  const world = new World({ seed: 1, faults, trace });
  const shop = new Shop(world, plan);
  await inside(world, shop.fetch, () => shop.run());
  return { points: faults.passed, violations: world.violations, lines: world.log.lines };
}

export interface Exploration {
  /** Number of crash points of the run without crashes. */
  readonly points: number;
  readonly pairs: number;
  readonly failures: readonly { readonly at: readonly number[]; readonly violations: readonly string[] }[];
}

/**
 * Tries every crash and every pair of crashes: the second one at every point after the first one, including the
 * recovery.
 */
export async function explore(plan: Plan): Promise<Exploration> {
  const failures: { at: readonly number[]; violations: readonly string[] }[] = [];
  const tryAt = async (...at: number[]) => {
    const { points, violations } = await crash(plan, at);
    if (violations.length > 0) failures.push({ at, violations });
    return points;
  };
  const points = await tryAt();
  let pairs = 0;
  for (let first = 0; first < points; first++) {
    const passed = await tryAt(first);
    for (let second = first + 1; second < passed; second++) {
      pairs += 1;
      await tryAt(first, second);
    }
  }
  return { points, pairs, failures };
}
