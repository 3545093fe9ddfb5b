import { parseArgs } from 'node:util';
import { ConfigurationError } from '../../../contract/errors.ts';
import { type MutantName, mutantNames } from '../mutants/table.ts';
import { workloadNames } from '../workloads/workloads.ts';
import { type FaultKind, faultKinds } from '../world/faults.ts';

export interface SimulateOptions {
  readonly seeds: { readonly first: number; readonly last: number };
  /** Without one each seed takes its own. */
  readonly workload: string | undefined;
  readonly withoutEvents: readonly number[];
  readonly withoutFaults: readonly FaultKind[];
  readonly mostFaults: number;
  readonly mutant: MutantName | undefined;
  readonly trace: boolean;
  readonly json: string | undefined;
}

interface Option {
  readonly value: string;
  readonly help: string;
}

const table: Readonly<Record<string, Option>> = {
  seeds: { value: 'A..B', help: 'the seeds of the runs, both included (default 1..1000)' },
  workload: { value: 'NAME', help: `${workloadNames.join(', ')} (default: by seed)` },
  'without-events': { value: 'N,...', help: 'leave these events of the plan out' },
  'without-faults': { value: 'KIND,...', help: 'let no fault of these kinds strike' },
  'most-faults': { value: 'N', help: 'let no fault strike after so many' },
  mutant: { value: 'NAME', help: 'break one rule of the code first: see docs/proof.md' },
  trace: { value: '', help: 'print what happens; for one seed' },
  json: { value: 'FILE', help: 'write the result there too' },
  help: { value: '', help: 'print this' },
};

export const usage = [
  'npm run simulate -- [options]',
  '',
  ...Object.entries(table).map(([name, { value, help }]) => `  ${`--${name} ${value}`.padEnd(26)}${help}`),
].join('\n');

/**
 * The options of `npm run simulate`.
 * @returns `help` where they ask for it.
 * @throws ConfigurationError that names the option, the value and what it takes.
 */
export function readOptions(args: readonly string[]): SimulateOptions | 'help' {
  const values = parse(args);
  if (values.help === true) return 'help';
  const text = (name: string) => values[name] as string | undefined;
  const seeds = seedsOf(text('seeds') ?? '1..1000');
  const trace = values.trace === true;
  if (trace && seeds.first !== seeds.last) {
    throw new ConfigurationError(
      `--trace is for one run: name one seed, --seeds ${seeds.first}..${seeds.first}`,
    );
  }
  return {
    seeds,
    workload: optional('workload', text('workload'), workloadNames),
    withoutEvents: list(text('without-events')).map((value) => whole('without-events', value)),
    withoutFaults: list(text('without-faults')).map((value) => oneOf('without-faults', value, faultKinds)),
    mostFaults:
      text('most-faults') === undefined
        ? Number.POSITIVE_INFINITY
        : whole('most-faults', text('most-faults') ?? ''),
    mutant: optional('mutant', text('mutant'), mutantNames),
    trace,
    json: text('json'),
  };
}

function parse(args: readonly string[]): Record<string, string | boolean | undefined> {
  const options = Object.fromEntries(
    Object.entries(table).map(([name, { value }]) => [
      name,
      { type: value === '' ? ('boolean' as const) : ('string' as const) },
    ]),
  );
  try {
    return parseArgs({ args: [...args], options }).values as Record<string, string | boolean | undefined>;
  } catch (error) {
    throw new ConfigurationError(`${(error as Error).message.split('. ')[0]}\n\n${usage}`);
  }
}

function seedsOf(value: string): { first: number; last: number } {
  const [, first, last] = /^(\d{1,15})\.\.(\d{1,15})$/.exec(value) ?? [];
  if (first === undefined || last === undefined || Number(first) > Number(last)) {
    throw new ConfigurationError(
      `--seeds is "${value}": it takes two whole numbers, the lower first: 1..1000`,
    );
  }
  return { first: Number(first), last: Number(last) };
}

function list(value: string | undefined): string[] {
  return value === undefined || value === '' ? [] : value.split(',').map((part) => part.trim());
}

function whole(name: string, value: string): number {
  if (/^\d{1,15}$/.test(value)) return Number(value);
  throw new ConfigurationError(`--${name} is "${value}": it takes whole numbers from 0`);
}

function optional<Value extends string>(
  name: string,
  value: string | undefined,
  values: readonly Value[],
): Value | undefined {
  return value === undefined ? undefined : oneOf(name, value, values);
}

function oneOf<Value extends string>(name: string, value: string, values: readonly Value[]): Value {
  const found = values.find((one) => one === value);
  if (found !== undefined) return found;
  throw new ConfigurationError(`--${name} is "${value}": it takes one of ${values.join(', ')}`);
}
