import { seededRandom } from '../seeded-random.ts';
import { poison } from './poison.ts';

export interface PlanOptions {
  readonly seed: number;
  /** Shares of the events. */
  readonly duplicates: number;
  readonly lateDuplicates: number;
  /** Numbers of messages, spread over the events. */
  readonly poison: number;
  readonly conflicts: number;
  /** Whether bodies arrive as they were sent. If not, no poison depends on the digits of a number. @default true */
  readonly exactBodies?: boolean;
}

/** An extra message that is sent after an event, in the event's group. */
export interface Extra {
  readonly kind: 'duplicate' | 'late duplicate' | 'poison' | 'conflict';
  /** Number of the extra within its kind; the n-th poison is invalid in the n-th way. */
  readonly n: number;
  /** Whether the extra is sent only after all earlier messages have been applied. */
  readonly afterCommit: boolean;
}

export interface Plan {
  /** The extras by the line of the event that they follow. */
  readonly extras: ReadonlyMap<number, readonly Extra[]>;
  readonly counts: Readonly<Record<Extra['kind'], number>>;
}

/**
 * Plans the extra messages. The same seed makes the same plan.
 *
 * @param lines The lines that hold events, from 1.
 */
export function planExtras(lines: readonly number[], options: PlanOptions): Plan {
  const { seed, exactBodies = true } = options;
  const extras = new Map<number, Extra[]>();
  const counts = { duplicate: 0, 'late duplicate': 0, poison: 0, conflict: 0 };
  const add = (line: number, kind: Extra['kind'], afterCommit = false, n = counts[kind]) => {
    extras.set(line, [...(extras.get(line) ?? []), { kind, n, afterCommit }]);
    counts[kind] += 1;
  };
  for (const line of lines) {
    if (seededRandom(seed, 'duplicate', line) < options.duplicates) add(line, 'duplicate');
    // Every second one, starting with the first: at least half of the late duplicates are sent after their original was
    // applied.
    const afterCommit = counts['late duplicate'] % 2 === 0;
    if (seededRandom(seed, 'late duplicate', line) < options.lateDuplicates)
      add(line, 'late duplicate', afterCommit);
  }
  const anywhere = (kind: Extra['kind'], n = counts[kind]) => {
    const line = lines[Math.floor(seededRandom(seed, kind, n) * lines.length)];
    if (line !== undefined) add(line, kind, false, n);
  };
  for (let n = 0; counts.poison < options.poison && lines.length > 0; n++)
    if (exactBodies || !poison(n).dependsOnDigits) anywhere('poison', n);
  while (counts.conflict < options.conflicts && lines.length > 0) anywhere('conflict');
  return { extras, counts };
}

/**
 * Plans which events are published late. The same seed makes the same plan.
 *
 * @param followed The lines of events that can be late, from 1.
 * @param shuffle The share of them that is late.
 */
export function planLate(
  followed: readonly number[],
  { seed, shuffle }: { readonly seed: number; readonly shuffle: number },
): ReadonlySet<number> {
  return new Set(followed.filter((line) => seededRandom(seed, 'shuffle', line) < shuffle));
}
