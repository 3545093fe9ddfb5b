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
  {
    // Nothing that SQS says of a message tells how late it is: its own times are of days ago by then.
    name: 'a clock that is hours behind does not see that a queue is about to delete a message',
    violation: /was deleted at the retention of \S+ by a clock that is \d+ minutes behind$/,
    struck: 'clock off by hours',
  },
];

/** The name of the known fault that a violation is; `undefined` for a new one. */
export function knownAs(violation: string, struck: ReadonlyMap<FaultKind, number>): string | undefined {
  return known.find((one) => one.violation.test(violation) && struck.has(one.struck))?.name;
}
