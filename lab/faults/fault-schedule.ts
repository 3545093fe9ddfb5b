import { seededRandom } from '../seeded-random.ts';

/** The faults of requests, each with its share of the first requests of a key. */
export type Shares<Fault extends string> = Readonly<Partial<Record<Fault, number>>>;

/** The share of second requests that get a fault again: enough for two faults in a row, few enough for short runs. */
const secondTime = 0.25;

/**
 * The fault of the n-th request of a key; it depends only on the arguments. From the third request on there is none, so
 * that every run ends.
 *
 * @param n From 1.
 */
export function scheduledFault<Fault extends string>(
  shares: Shares<Fault>,
  seed: number,
  key: string,
  n: number,
): Fault | 'none' {
  if (n > 2) return 'none';
  const entries = Object.entries(shares) as [Fault, number][];
  const sum = entries.reduce((total, [, share]) => total + share, 0);
  const scale = n === 1 || sum === 0 ? 1 : secondTime / sum;
  let left = seededRandom(seed, `fault ${key}`, n);
  for (const [fault, share] of entries) {
    left -= share * scale;
    if (left < 0) return fault;
  }
  return 'none';
}

/** Chooses one of two variants of a fault; it depends only on the arguments. */
export function coin(seed: number, key: string, n: number): boolean {
  return seededRandom(seed, `way ${key}`, n) < 0.5;
}
