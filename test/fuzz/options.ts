import { ConfigurationError } from '../../contract/errors.ts';
import { type Options, oneOf, readArguments, usageOf, wholeNumber, wrong } from '../../system/arguments.ts';

export interface FuzzCommand {
  /** Without one each target is fuzzed. */
  readonly target: string | undefined;
  readonly runs: number;
  readonly seed: number;
  readonly path: string | undefined;
}

const table: Options = {
  target: { value: 'NAME', help: 'fuzz this one alone (default: each)' },
  runs: { value: 'N', default: '20000', help: 'inputs for each target' },
  seed: { value: 'N', help: 'decides which inputs these are (default: another one each time)' },
  path: { value: 'N:N...', help: 'the input where a run ended that failed, as it said itself' },
  help: { value: '', help: 'print this' },
};

export const usage = usageOf('npm run fuzz -- [options]', table);

/** What fast-check keeps of a seed. */
export const mostSeeds = 2 ** 31;

/**
 * The options of `npm run fuzz`.
 * @param names What can be fuzzed.
 * @param now Milliseconds since the epoch: another seed each time.
 * @returns `help` where they ask for it.
 * @throws ConfigurationError that names the option, the value and what it takes.
 */
export function readFuzz(
  args: readonly string[],
  names: readonly string[],
  now = Date.now(),
): FuzzCommand | 'help' {
  const { values } = readArguments(args, table, usage);
  if (values.help === true) return 'help';
  const text = (name: string) => values[name] as string | undefined;
  const [target, path, seed] = [text('target'), text('path'), text('seed')];
  const command = {
    target: target === undefined ? undefined : oneOf(names, 'target', target),
    runs: wholeNumber('runs', text('runs') ?? table.runs?.default ?? '', 1),
    seed: seed === undefined ? now % mostSeeds : seedOf(seed),
    path: path === undefined ? undefined : pathOf(path),
  };
  if (path !== undefined && (target === undefined || seed === undefined)) {
    throw new ConfigurationError(`--path is "${path}": it takes its --target and --seed beside it`);
  }
  return command;
}

export function seedOf(value: string): number {
  const seed = wholeNumber('seed', value);
  if (seed < mostSeeds) return seed;
  throw wrong('seed', value, `a whole number below ${mostSeeds}`);
}

export function pathOf(value: string): string {
  if (/^\d{1,15}(:\d{1,15})*$/.test(value)) return value;
  throw wrong('path', value, 'whole numbers with colons between them: 12:0:3');
}
