/** Runs a subject once, and returns its measurements. */
export type Measure<Result> = () => Promise<Result>;

/**
 * Measures the subjects in turn, in many rounds, so that other work of the machine slows down all of them equally. Each
 * round starts with the next subject.
 *
 * @param rounds Number of measured rounds. One more round runs before them, to compile code and to open connections.
 * @returns The subjects' results for each measured round.
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

/** The median, minimum and maximum of the rounds' ratios. */
export function ratioOf(dividends: readonly number[], divisors: readonly number[]) {
  const ratios = dividends.map((dividend, round) => dividend / (divisors[round] ?? Number.NaN));
  return { ratio: median(ratios), spread: [Math.min(...ratios), Math.max(...ratios)] as const };
}
