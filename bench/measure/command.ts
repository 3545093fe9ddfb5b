import { filled, type Options, readArguments, usageOf } from '../../system/arguments.ts';
import { checkWritable } from '../../system/check-writable.ts';
import { command } from '../../system/command.ts';
import { stopAll, stopOnSignals } from '../../system/teardown.ts';

const common: Options = {
  json: { value: 'FILE', help: 'also write the results to this file' },
  help: { value: '', help: 'print this' },
};

/** The option `--docs` of a command that can write its tables into a page of docs/. */
export const docs = (page: string): Options => ({
  docs: { value: '', help: `put the tables into docs/${page}` },
});

interface Given {
  /** Whether an option without a value was given. */
  has(name: string): boolean;
  /** The value of an option, or its default. */
  of(name: string): string;
  /** The file of `--json`. */
  readonly json: string | undefined;
}

/**
 * Runs a benchmark as a command. It explains a wrong option in one sentence. It checks before the measurements that the
 * file of `--json` can be written. If it is interrupted, it stops all processes that it started.
 *
 * @param script Name of the command in package.json.
 * @param own Options of this benchmark, beside `--json` and `--help`.
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
