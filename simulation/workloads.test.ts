import { workloadNames, workloadOf } from './workloads/workloads.ts';

describe('the workload of a seed', () => {
  it('varies over all workloads, with fixed shares for the slow ones', () => {
    const counts = new Map(workloadNames.map((name) => [name, 0]));
    for (let seed = 1; seed <= 1000; seed++) {
      const name = workloadOf(seed);
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    expect(counts.get('adapter')).toBe(100);
    expect(counts.get('intake')).toBe(100);
    expect(counts.get('redis')).toBe(40);
    for (const count of counts.values()) expect(count).toBeGreaterThanOrEqual(40);
  });
});
