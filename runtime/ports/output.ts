/** Writes one line of JSON. */
export type Output = (line: string) => void;

/**
 * Writes directly to standard output. Lambda's own `console` would add a prefix, and CloudWatch reads metrics only from
 * lines that are entirely JSON.
 */
export const standardOutput: Output = (line) => {
  process.stdout.write(`${line}\n`);
};

/**
 * Logs a failure that changes no outcome.
 * @param what A sentence that says what happened and what follows.
 */
export type Warn = (what: string, error?: unknown) => void;
