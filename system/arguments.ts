import { parseArgs } from 'node:util';
import { ConfigurationError } from '../contract/errors.ts';
import { truncate } from '../contract/truncate.ts';

/** An option of a command. */
export interface Option {
  /** The option's value as the usage names it; empty for an option without a value. */
  readonly value: string;
  readonly help: string;
  readonly default?: string;
  /** Whether the option may be given several times. Its value is then a list. */
  readonly many?: true;
}

/** Options by name, without dashes. */
export type Options = Readonly<Record<string, Option>>;

export interface Arguments {
  readonly values: Readonly<Record<string, string | boolean | readonly string[] | undefined>>;
  /** The arguments that are not options. */
  readonly words: readonly string[];
}

/** @param command The command with its arguments: `npm start -- [options]`. */
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
 *
 * @param usage The usage, or one line that says how to see it. Errors end with it.
 * @throws ConfigurationError that names the argument, and shows `usage`.
 */
export function readArguments(
  args: readonly string[],
  options: Options,
  usage: string,
  { takesWords = false } = {},
): Arguments {
  const types = Object.fromEntries(
    Object.entries(options).map(([name, { value, many = false }]) => [
      name,
      { type: value === '' ? ('boolean' as const) : ('string' as const), multiple: many },
    ]),
  );
  try {
    const { values, positionals, tokens } = parseArgs({
      args: joined(args, options),
      options: types,
      allowPositionals: takesWords,
      tokens: true,
    });
    const given = new Set<string>();
    for (const token of tokens) {
      if (token.kind !== 'option' || options[token.name]?.many) continue;
      if (given.has(token.name)) throw new Error(`Option '--${token.name}' is given twice: give it once`);
      given.add(token.name);
    }
    return { values: values as Arguments['values'], words: positionals };
  } catch (error) {
    // The rest of the message is about arguments that start with dashes, which no command takes.
    const [problem = ''] = (error as Error).message.split(/\. To specify a positional argument /);
    const isLine = !usage.includes('\n');
    throw new ConfigurationError(`${truncate(problem)}${isLine ? '. ' : '\n\n'}${usage}`);
  }
}

/** Turns `--limit -5` into `--limit=-5`, so that the message is about the value and not about dashes. */
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

/** @throws ConfigurationError if a path is empty. */
export function filled(name: string, value: string | undefined): string | undefined {
  if (value === '') throw wrong(name, value, 'the path of a file');
  return value;
}

/** @throws ConfigurationError if the value is not one of `values`. */
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

/**
 * @param most The highest valid number. @default - none
 * @throws ConfigurationError if the value is not a whole number of at least `least`.
 */
export function wholeNumber(name: string, value: string, least = 0, most?: number): number {
  const number = value.trim() === '' ? Number.NaN : Number(value);
  if (Number.isSafeInteger(number) && number >= least && number <= (most ?? number)) return number;
  throw wrong(name, value, `a whole number from ${least}${most === undefined ? '' : ` to ${most}`}`);
}

/** @param wanted The valid values. */
export function wrong(name: string, value: string, wanted: string): ConfigurationError {
  return new ConfigurationError(`--${name} is "${truncate(value)}": it takes ${wanted}`);
}
