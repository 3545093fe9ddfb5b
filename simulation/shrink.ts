import { planFor, run } from './run.ts';
import type { Scenario } from './scenario.ts';

/** Maximum number of runs for shrinking. A small scenario soon is better than the smallest one later. */
const mostRuns = 200;

/**
 * Finds a smaller scenario that fails too: fewer faults, fewer events. An omission changes the rest of a run, so each
 * proposal is run, and kept if it still fails.
 */
export async function shrink(failing: Scenario): Promise<Scenario> {
  let runs = 0;
  const fails = async (scenario: Scenario) => {
    runs += 1;
    return runs <= mostRuns && (await run(scenario)).violations.length > 0;
  };
  let smallest = failing;
  const tryThat = async (scenario: Scenario) => {
    if (!(await fails(scenario))) return false;
    smallest = scenario;
    return true;
  };
  const strikes = (scenario: Scenario) => run(scenario).then(({ struck }) => [...struck]);

  await tryThat({ ...smallest, mostFaults: 0 });
  for (const [kind] of await strikes(smallest)) {
    await tryThat({ ...smallest, withoutFaults: [...smallest.withoutFaults, kind] });
  }
  for (const { index } of planFor(smallest).events) {
    await tryThat({ ...smallest, withoutEvents: [...smallest.withoutEvents, index] });
  }
  // Counts down instead of bisecting, because with fewer faults another fault may be the last one.
  const most = (await strikes(smallest)).reduce((sum, [, count]) => sum + count, 0);
  for (let count = Math.min(most, 30) - 1; count >= 0; count--) {
    if (!(await tryThat({ ...smallest, mostFaults: count }))) break;
  }
  return smallest;
}
