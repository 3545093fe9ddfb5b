/** Runs once what is measured, and tells what came of it. */
export type Measure<Result> = () => Promise<Result>;

/**
 * Measures the subjects in turn, round after round, so that what slows the machine down for a while slows all of them;
 * who begins moves on with each round.
 *
 * @param rounds Those that count. One goes before them: it compiles, and opens connections.
 * @returns For each round that counts the subjects' results.
 */
export async function interleave<Name extends string, Result>(
  subjects: Readonly<Record<Name, Measure<Result>>>,
  rounds: number,
): Promise<Record<Name, Result>[]> {
  const names = Object.keys(subjects) as Name[];
  const measured: Record<Name, Result>[] = [];
  for (let round = 0; round <= rounds; round++) {
    const results = {} as Record<Name, Result>;
    for (let turn = 0; turn < names.length; turn++) {
      const name = names[(round + turn) % names.length] as Name;
      results[name] = await subjects[name]();
    }
    if (round > 0) measured.push(results);
  }
  return measured;
}

export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** The median of the rounds' ratios, and the least and the most of them. */
export function ratioOf(dividends: readonly number[], divisors: readonly number[]) {
  const ratios = dividends.map((dividend, round) => dividend / (divisors[round] ?? Number.NaN));
  return { ratio: median(ratios), spread: [Math.min(...ratios), Math.max(...ratios)] as const };
}
