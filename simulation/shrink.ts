import { planFor, run } from './run.ts';
import type { Scenario } from './scenario.ts';

/** Runs that shrinking takes at most: a scenario that is small enough is worth more than the smallest. */
const mostRuns = 200;

/**
 * A smaller scenario that fails too: fewer faults, fewer events. What is left out changes what follows, so each
 * proposal is run, and kept where anything is still wrong.
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
  // From above: with fewer faults another one may be the last, so no bisection.
  const most = (await strikes(smallest)).reduce((sum, [, count]) => sum + count, 0);
  for (let count = Math.min(most, 30) - 1; count >= 0; count--) {
    if (!(await tryThat({ ...smallest, mostFaults: count }))) break;
  }
  return smallest;
}
