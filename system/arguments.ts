import { parseArgs } from 'node:util';
import { ConfigurationError } from '../contract/errors.ts';
import { truncate } from '../contract/truncate.ts';

/** An option of a command. */
export interface Option {
  /** What stands after it, as the usage names it; empty for one that stands alone. */
  readonly value: string;
  readonly help: string;
  readonly default?: string;
}

/** By name, without dashes. */
export type Options = Readonly<Record<string, Option>>;

export interface Arguments {
  readonly values: Readonly<Record<string, string | boolean | undefined>>;
  /** What stands there without an option. */
  readonly words: readonly string[];
}

/** @param command With the words that it takes: `npm start -- [options]`. */
export function usageOf(command: string, options: Options): string {
  const rows = Object.entries(options).map(([name, { value, help, default: fallback }]) => ({
    option: `  --${name} ${value}`,
    help: `${help}${fallback === undefined ? '' : ` (default ${fallback})`}`,
  }));
  const width = Math.max(...rows.map(({ option }) => option.length)) + 2;
  return [command, '', ...rows.map(({ option, help }) => `${option.padEnd(width)}${help}`)].join('\n');
}

/**
 * Reads the arguments of a command.
 * @throws ConfigurationError that names the argument, and shows the usage.
 */
export function readArguments(
  args: readonly string[],
  options: Options,
  usage: string,
  { takesWords = false } = {},
): Arguments {
  const types = Object.fromEntries(
    Object.entries(options).map(([name, { value }]) => [
      name,
      { type: value === '' ? ('boolean' as const) : ('string' as const) },
    ]),
  );
  try {
    const { values, positionals } = parseArgs({
      args: joined(args, options),
      options: types,
      allowPositionals: takesWords,
    });
    return { values: values as Arguments['values'], words: positionals };
  } catch (error) {
    // What follows the first sentence is about words that begin with dashes, which no command takes.
    const [problem = ''] = (error as Error).message.split(/\. To specify a positional argument /);
    throw new ConfigurationError(`${truncate(problem)}\n\n${usage}`);
  }
}

/** `--limit -5` as `--limit=-5`, so that the message is about the value and not about dashes. */
function joined(args: readonly string[], options: Options): string[] {
  const result: string[] = [];
  for (let index = 0; index < args.length; index++) {
    const arg = args[index] as string;
    const name = arg.slice(2);
    const isOption = arg.startsWith('--') && Object.hasOwn(options, name) && options[name]?.value !== '';
    const next = args[index + 1];
    const takesNext = isOption && next !== undefined && !next.startsWith('--');
    result.push(takesNext ? `${arg}=${next}` : arg);
    if (takesNext) index += 1;
  }
  return result;
}

/** @throws ConfigurationError where a path is empty. */
export function filled(name: string, value: string | undefined): string | undefined {
  if (value === '') throw wrong(name, value, 'the path of a file');
  return value;
}

/** @throws ConfigurationError where the value is none of `values`. */
export function oneOf<Value extends string>(
  values: readonly Value[],
  name: string,
  value: string,
  wanted = `one of ${values.join(', ')}`,
): Value {
  const found = values.find((one) => one === value);
  if (found !== undefined) return found;
  throw wrong(name, value, wanted);
}

/** @throws ConfigurationError where the value is no whole number from `least` on. */
export function wholeNumber(name: string, value: string, least = 0): number {
  const number = value.trim() === '' ? Number.NaN : Number(value);
  if (Number.isSafeInteger(number) && number >= least) return number;
  throw wrong(name, value, `a whole number from ${least}`);
}

/** @param wanted What the option takes. */
export function wrong(name: string, value: string, wanted: string): ConfigurationError {
  return new ConfigurationError(`--${name} is "${truncate(value)}": it takes ${wanted}`);
}
