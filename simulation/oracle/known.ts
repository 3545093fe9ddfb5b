import type { FaultKind } from '../world/faults.ts';

/** A known violation that is not fixed yet. It is counted and reported in every summary. */
interface Known {
  readonly name: string;
  readonly violation: RegExp;
  /** The faults of which one must have occurred; without it the same violation is new. */
  readonly struck: readonly FaultKind[];
}

const known: readonly Known[] = [
  {
    // Each end of a process uses a receive that is not spread over time, so the receives end before the retention.
    name: 'a message that ends its process uses up the receives of a group that blocks',
    violation: /gave up \S+ after \d+ receives$/,
    struck: ['lethal message', 'lethal body'],
  },
  {
    // SQS' own times of a message do not show the current time: they are days old by then.
    name: 'a clock that is hours behind does not see that a queue is about to delete a message',
    violation: /was deleted at the retention of \S+ by a clock that is \d+ minutes behind$/,
    struck: ['clock off by hours'],
  },
];

/** The name of a known violation; `undefined` for a new one. */
export function knownAs(violation: string, struck: ReadonlyMap<FaultKind, number>): string | undefined {
  return known.find((one) => one.violation.test(violation) && one.struck.some((kind) => struck.has(kind)))
    ?.name;
}
