import { createInterface } from 'node:readline/promises';
import { ConfigurationError } from '../../contract/errors.ts';

/**
 * Asks whether to go on, after the user has seen what would be done.
 *
 * @param yes Whether the user said so with `--yes`.
 * @throws ConfigurationError if there is no terminal to ask on.
 */
export async function confirm(question: string, yes: boolean): Promise<boolean> {
  if (yes) return true;
  if (!process.stdin.isTTY) {
    throw new ConfigurationError(
      `Nothing was done: there is no terminal to ask "${question}". Give --yes to go on`,
    );
  }
  const asking = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await asking.question(`${question} [y/N] `)).trim());
  } finally {
    asking.close();
  }
}
