import { OrderOnceError } from '../contract/errors.ts';
import { isStopping } from './teardown.ts';

/**
 * Runs a command and sets its exit code: 0 if it found no problem, 1 if it found one, 2 if it could not run. Code 2 comes with a
 * message that says why.
 *
 * @param read Returns the options of the arguments, or `help` if the user asks for help.
 * @param run Returns whether it found no problem.
 */
export async function command<Options extends object>(
  args: readonly string[],
  read: (args: readonly string[]) => Options | 'help',
  usage: string,
  run: (options: Options) => Promise<boolean>,
): Promise<void> {
  try {
    const options = read(args);
    if (options === 'help') process.stdout.write(`${usage}\n`);
    else process.exitCode = (await run(options)) ? 0 : 1;
  } catch (error) {
    // During a shutdown, other errors are its consequence.
    if (!isStopping()) {
      const isKnown = error instanceof OrderOnceError;
      process.stderr.write(`${isKnown ? error.message : (error as Error).stack}\n`);
    }
    process.exitCode = 2;
  }
}
