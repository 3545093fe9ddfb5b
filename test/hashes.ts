import { run } from './simulation/run.ts';
import { workloadNames } from './simulation/workloads/workloads.ts';
for (let seed = 1; seed <= 8; seed++) {
  const { hash } = await run({ seed, workload: workloadNames[(seed) % 8]!, withoutEvents: [], withoutFaults: [], mostFaults: Infinity });
  console.log(seed, hash);
}
