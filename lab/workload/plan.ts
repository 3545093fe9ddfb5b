import { seededRandom } from '../seeded-random.ts';

export interface PlanOptions {
  readonly seed: number;
  /** Shares of the events. */
  readonly duplicates: number;
  readonly lateDuplicates: number;
  /** Counts, spread over the events. */
  readonly poison: number;
  readonly conflicts: number;
}

/** Something sent on top of an event, after it and in its group. */
export interface Extra {
  readonly kind: 'duplicate' | 'late duplicate' | 'poison' | 'conflict';
  /** Tells extras of a kind apart; the n-th poison is of the n-th way to be poison. */
  readonly n: number;
  /** Sent only when everything before it has been applied. */
  readonly afterCommit: boolean;
}

export interface Plan {
  /** By the line of the event that they follow. */
  readonly extras: ReadonlyMap<number, readonly Extra[]>;
  readonly counts: Readonly<Record<Extra['kind'], number>>;
}

/**
 * Decides what is sent on top of which event. The same seed decides the same.
 *
 * @param lines The lines that hold events, from 1.
 */
export function planExtras(lines: readonly number[], options: PlanOptions): Plan {
  const { seed } = options;
  const extras = new Map<number, Extra[]>();
  const counts = { duplicate: 0, 'late duplicate': 0, poison: 0, conflict: 0 };
  const add = (line: number, kind: Extra['kind'], afterCommit = false) => {
    extras.set(line, [...(extras.get(line) ?? []), { kind, n: counts[kind], afterCommit }]);
    counts[kind] += 1;
  };
  for (const line of lines) {
    if (seededRandom(seed, 'duplicate', line) < options.duplicates) add(line, 'duplicate');
    // Every other one, from the first: at least half of them come after their original was applied.
    const afterCommit = counts['late duplicate'] % 2 === 0;
    if (seededRandom(seed, 'late duplicate', line) < options.lateDuplicates)
      add(line, 'late duplicate', afterCommit);
  }
  const anywhere = (kind: Extra['kind']) => {
    const line = lines[Math.floor(seededRandom(seed, kind, counts[kind]) * lines.length)];
    if (line !== undefined) add(line, kind);
  };
  while (counts.poison < options.poison && lines.length > 0) anywhere('poison');
  while (counts.conflict < options.conflicts && lines.length > 0) anywhere('conflict');
  return { extras, counts };
}

/**
 * Decides which events are published late. The same seed decides the same.
 *
 * @param followed The lines that hold events which can be late, from 1.
 * @param shuffle The share of them.
 */
export function planLate(
  followed: readonly number[],
  { seed, shuffle }: { readonly seed: number; readonly shuffle: number },
): ReadonlySet<number> {
  return new Set(followed.filter((line) => seededRandom(seed, 'shuffle', line) < shuffle));
}
