import leven from 'leven';

/** More changes than that make another word. */
const maxChanges = 3;

/** The known name that is most like `name`, by the letters that differ; `undefined` if none is like it. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  const limit = Math.min(maxChanges, Math.ceil(name.length / 2));
  const [nearest] = known
    .map((other) => ({ other, changes: leven(name.toLowerCase(), other.toLowerCase()) }))
    .filter(({ changes }) => changes <= limit)
    .sort((a, b) => a.changes - b.changes);
  return nearest?.other;
}
