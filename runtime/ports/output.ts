/** Takes one line of JSON. */
export type Output = (line: string) => void;

/**
 * Straight to the stream: Lambda's own `console` would put a prefix before each line, and CloudWatch finds metrics
 * only in lines that are JSON from end to end.
 */
export const standardOutput: Output = (line) => {
  process.stdout.write(`${line}\n`);
};

/**
 * Logs what went wrong and changes no outcome, for those on call.
 * @param what What happened, and what follows, in a sentence.
 */
export type Warn = (what: string, error?: unknown) => void;
