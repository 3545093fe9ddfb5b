import { readFileSync } from 'node:fs';

/** The part of Jest's JSON that is read. */
interface JestResults {
  readonly testResults: readonly {
    readonly name: string;
    readonly assertionResults: readonly {
      readonly status: string;
      readonly fullName: string;
    }[];
  }[];
}

/** The results of one test file. */
export interface FileResults {
  readonly passed: number;
  readonly failed: number;
  /** The full names of the skipped tests, each with its reason. */
  readonly skipped: readonly string[];
}

/** Reads the results of the integration tests from the file that `jest --json --outputFile=FILE` wrote. */
export function readResults(path: string): ReadonlyMap<string, FileResults> {
  return resultsOf(JSON.parse(readFileSync(path, 'utf8')));
}

/** The results by the path of the test file below `test/integration/`. A run may have other files too. */
export function resultsOf({ testResults }: JestResults): ReadonlyMap<string, FileResults> {
  const files = testResults.flatMap(({ name, assertionResults }) => {
    const [, path] = /\/test\/integration\/(.*)$/.exec(name) ?? [];
    if (path === undefined) return [];
    const named = (status: string) =>
      assertionResults.filter((one) => one.status === status).map(({ fullName }) => fullName);
    const results = {
      passed: named('passed').length,
      failed: named('failed').length,
      skipped: named('pending'),
    };
    return [[path, results] as const];
  });
  return new Map(files.sort(([a], [b]) => (a < b ? -1 : 1)));
}
