import { ConfigurationError } from '../../../contract/errors.ts';
import { type Options, readArguments, usageOf, wholeNumber } from '../../../system/arguments.ts';
import { mostSeeds, pathOf, seedOf } from '../../fuzz/options.ts';
import type { CompareOptions } from './compare.ts';

const table: Options = {
  runs: { value: 'N', default: '10000', help: 'random transactions' },
  seed: { value: 'N', help: 'decides which transactions these are (default: another one each time)' },
  path: { value: 'N:N...', help: 'the transaction where a run ended that failed, as it said itself' },
  help: { value: '', help: 'print this' },
};

export const usage = usageOf('npm run compare:stores -- [options]', table);

/**
 * The options of `npm run compare:stores`.
 * @param now Milliseconds since the epoch: another seed each time.
 * @returns `help` where they ask for it.
 * @throws ConfigurationError that names the option, the value and what it takes.
 */
export function readCompare(args: readonly string[], now = Date.now()): CompareOptions | 'help' {
  const { values } = readArguments(args, table, usage);
  if (values.help === true) return 'help';
  const text = (name: string) => values[name] as string | undefined;
  const [path, seed] = [text('path'), text('seed')];
  if (path !== undefined && seed === undefined) {
    throw new ConfigurationError(`--path is "${path}": it takes its --seed beside it`);
  }
  return {
    runs: wholeNumber('runs', text('runs') ?? table.runs?.default ?? '', 1),
    seed: seed === undefined ? now % mostSeeds : seedOf(seed),
    ...(path !== undefined && { path: pathOf(path) }),
  };
}
