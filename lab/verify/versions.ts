import type { VersionedItem } from './expectation.ts';

export interface VersionComparison {
  readonly missing: number;
  /** Number of items below the highest sequence of their events. */
  readonly regressions: number;
  readonly problems: readonly string[];
}

/**
 * Compares items that are versioned by sequence with the expected ones.
 * @param what The name of such an item, for example "order".
 */
export function compareVersions(
  what: string,
  expected: ReadonlyMap<string, VersionedItem>,
  found: ReadonlyMap<string, VersionedItem>,
): VersionComparison {
  const problems: string[] = [];
  let missing = 0;
  let regressions = 0;
  for (const [id, should] of expected) {
    const is = found.get(id);
    if (is === undefined) {
      missing += 1;
      problems.push(`${what} ${id} is missing`);
    } else if (is.sequence === undefined || is.sequence < (should.sequence ?? 0n)) {
      regressions += 1;
      problems.push(`${what} ${id} is at sequence ${is.sequence ?? 'none'}, expected ${should.sequence}`);
    } else if (is.digest !== should.digest) problems.push(`${what} ${id} differs from its event`);
  }
  for (const id of found.keys()) {
    if (!expected.has(id)) problems.push(`${what} ${id} was never published`);
  }
  return { missing, regressions, problems };
}
