/** The result of TLC for a model. */
export interface Outcome {
  /** Number of distinct states. */
  readonly states: number;
  readonly depth: number;
  /** Number of times that each action was taken, by name. */
  readonly taken: ReadonlyMap<string, number>;
  /** The violated invariant or property. */
  readonly violated: string | undefined;
  /** TLC's output, if it reports neither success nor a violation. */
  readonly failure: string | undefined;
}

/** The only temporal property, because TLC does not name the violated one. */
export const liveness = 'Settles';

const violations = [
  [/Error: Invariant (\w+) is violated/, undefined],
  [/Error: Action property (\w+) is violated/, undefined],
  [/Error: Temporal properties were violated/, liveness],
] as const;

export function readOutcome(said: string): Outcome {
  const violated = violations
    .map(([pattern, name]) => {
      const match = pattern.exec(said);
      return match === null ? undefined : (name ?? match[1]);
    })
    .find((name) => name !== undefined);
  const holds = said.includes('No error has been found');
  return {
    states: lastNumber(said, /([\d,]+) distinct states found/g),
    depth: lastNumber(said, /depth of the complete state graph search is (\d+)/g),
    taken: takenIn(said),
    violated,
    failure: holds || violated !== undefined ? undefined : said.slice(-2000),
  };
}

function lastNumber(said: string, pattern: RegExp): number {
  return Number([...said.matchAll(pattern)].at(-1)?.[1]?.replaceAll(',', '') ?? 0);
}

/** The last report contains all counts. An action with several alternatives has a line for each. */
function takenIn(said: string): Map<string, number> {
  const report = said.slice(Math.max(0, said.lastIndexOf('The coverage statistics at')));
  const taken = new Map<string, number>();
  for (const [, name = '', count] of report.matchAll(/^<(\w+) line .*>: \d+:(\d+)/gm)) {
    taken.set(name, (taken.get(name) ?? 0) + Number(count));
  }
  taken.delete('Init');
  return taken;
}
