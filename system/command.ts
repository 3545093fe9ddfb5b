import { OrderOnceError } from '../contract/errors.ts';
import { isStopping } from './teardown.ts';

/**
 * Runs a command to its exit code: 0 where all is well, 1 where it is not, 2 where it could not be run as it was asked to,
 * with a message that says why.
 *
 * @param read The options that its arguments mean, `help` where they ask for it.
 * @param run Whether all is well.
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
    // What fails while everything is being stopped fails because of that.
    if (!isStopping()) {
      const isKnown = error instanceof OrderOnceError;
      process.stderr.write(`${isKnown ? error.message : (error as Error).stack}\n`);
    }
    process.exitCode = 2;
  }
}
