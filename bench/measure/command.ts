import { filled, type Options, readArguments, usageOf } from '../../system/arguments.ts';
import { checkWritable } from '../../system/check-writable.ts';
import { command } from '../../system/command.ts';
import { stopAll, stopOnSignals } from '../../system/teardown.ts';

const common: Options = {
  json: { value: 'FILE', help: 'write what was measured there too' },
  help: { value: '', help: 'print this' },
};

/** The option of what puts its tables into a page. */
export const docs = (page: string): Options => ({
  docs: { value: '', help: `put the tables into docs/${page}` },
});

interface Given {
  /** An option that stands alone. */
  has(name: string): boolean;
  /** What stands after an option; its default where it was not given. */
  of(name: string): string;
  readonly json: string | undefined;
}

/**
 * Runs a benchmark as a command: a wrong option is told in a sentence, and a file that cannot be written before anything
 * is measured. Interrupted, it stops what it started.
 *
 * @param script Its name in package.json.
 */
export async function benchCommand(
  script: string,
  own: Options,
  run: (given: Given) => Promise<void>,
): Promise<void> {
  const table = { ...own, ...common };
  const usage = usageOf(`npm run ${script} -- [options]`, table);
  const read = (args: readonly string[]) => {
    const { values } = readArguments(args, table, usage);
    if (values.help === true) return 'help';
    const given: Given = {
      has: (name) => values[name] === true,
      of: (name) => String(values[name] ?? table[name]?.default),
      json: filled('json', values.json as string | undefined),
    };
    return given;
  };
  stopOnSignals();
  await command(process.argv.slice(2), read, usage, async (given) => {
    if (given.json !== undefined) await checkWritable(given.json);
    await run(given);
    return true;
  });
  await stopAll();
}
