import type { FaultKind } from '../world/faults.ts';

/** Something wrong that is known, and waits to be mended: counted and told in every summary, never passed over. */
interface Known {
  readonly name: string;
  readonly violation: RegExp;
  /** What has to have struck; without it the same words are something new. */
  readonly struck: FaultKind;
}

const known: readonly Known[] = [
  {
    // Each end of a process is a receive that nothing paces: the receives are over before the retention is.
    name: 'a message that ends its process uses up the receives of a group that blocks',
    violation: /gave up \S+ after \d+ receives$/,
    struck: 'lethal message',
  },
];

/** The name of the known fault that a violation is; `undefined` for a new one. */
export function knownAs(violation: string, struck: ReadonlyMap<FaultKind, number>): string | undefined {
  return known.find((one) => one.violation.test(violation) && struck.has(one.struck))?.name;
}
