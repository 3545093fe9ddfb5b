import { seededRandom } from '../seeded-random.ts';

/** What may be done to a request, each with its share of the first requests of a key. */
export type Shares<Fault extends string> = Readonly<Partial<Record<Fault, number>>>;

/** Of the requests that are sent a second time: enough to see two faults in a row, few enough that runs stay short. */
const secondTime = 0.25;

/**
 * The fault that strikes the n-th request of a key, decided by the arguments alone. From the third request on nothing
 * does, so that every run ends.
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

/** Heads or tails, for the same request: which of the two ways of a fault it is. */
export function coin(seed: number, key: string, n: number): boolean {
  return seededRandom(seed, `way ${key}`, n) < 0.5;
}
