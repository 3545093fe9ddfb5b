import { ConfigurationError } from '../../contract/errors.ts';
import {
  filled,
  type Option,
  type Options,
  oneOf,
  readArguments,
  usageOf,
  wrong,
} from '../../system/arguments.ts';
import { type MutantName, mutantNames } from '../mutants/table.ts';
import { workloadNames } from '../workloads/workloads.ts';
import { type FaultKind, faultKinds } from '../world/faults.ts';

export interface SimulateOptions {
  readonly seeds: { readonly first: number; readonly last: number };
  /** Default: the workload of each seed. */
  readonly workload: string | undefined;
  readonly withoutEvents: readonly number[];
  readonly withoutFaults: readonly FaultKind[];
  readonly mostFaults: number;
  readonly mutant: MutantName | undefined;
  readonly trace: boolean;
  readonly json: string | undefined;
}

const seeds: Option = {
  value: 'A..B',
  default: '1..1000',
  help: 'the seeds of the runs, both included',
};

const table: Options = {
  seeds,
  workload: { value: 'NAME', help: `${workloadNames.join(', ')} (default: by seed)` },
  'without-events': { value: 'N,...', help: 'leave these events of the plan out' },
  'without-faults': { value: 'KIND,...', help: 'let no fault of these kinds strike' },
  'most-faults': { value: 'N', help: 'let no fault strike after so many' },
  mutant: { value: 'NAME', help: 'break one rule of the code first: see docs/proof.md' },
  trace: { value: '', help: 'print what happens; for one seed' },
  json: { value: 'FILE', help: 'write the result there too' },
  help: { value: '', help: 'print this' },
};

export const usage = usageOf('npm run simulate -- [options]', table);

const uncoveredTable: Options = {
  seeds,
  help: { value: '', help: 'print this' },
};

export const uncoveredUsage = usageOf('npm run simulate:uncovered -- [options]', uncoveredTable);

/**
 * The seeds of `npm run simulate:uncovered`.
 * @returns `help` if the user asks for it.
 * @throws ConfigurationError that names the option, its value and the valid values.
 */
export function readUncovered(args: readonly string[]): SimulateOptions['seeds'] | 'help' {
  const { values } = readArguments(args, uncoveredTable, uncoveredUsage);
  if (values.help === true) return 'help';
  return seedsOf(String(values.seeds ?? seeds.default));
}

/** Maximum number of seeds, because all results are kept until the end. */
const mostSeeds = 1_000_000;

/**
 * The options of `npm run simulate`.
 * @returns `help` if the user asks for it.
 * @throws ConfigurationError that names the option, its value and the valid values.
 */
export function readOptions(args: readonly string[]): SimulateOptions | 'help' {
  const { values } = readArguments(args, table, usage);
  if (values.help === true) return 'help';
  const text = (name: string) => values[name] as string | undefined;
  const range = seedsOf(text('seeds') ?? seeds.default ?? '');
  const trace = values.trace === true;
  if (trace && range.first !== range.last) {
    throw new ConfigurationError(
      `--trace is for one run: name one seed, --seeds ${range.first}..${range.first}`,
    );
  }
  return {
    seeds: range,
    workload: optional(text('workload'), (value) => oneOf(workloadNames, 'workload', value)),
    withoutEvents: list(text('without-events')).map((value) => whole('without-events', value)),
    withoutFaults: list(text('without-faults')).map((value) =>
      oneOf(faultKinds, 'without-faults', value, 'kinds of fault, as the summary of a run lists them'),
    ),
    mostFaults:
      optional(text('most-faults'), (value) => whole('most-faults', value)) ?? Number.POSITIVE_INFINITY,
    mutant: optional(text('mutant'), (value) =>
      oneOf(mutantNames, 'mutant', value, 'a name of docs/proof.md'),
    ),
    trace,
    json: filled('json', text('json')),
  };
}

/** @throws ConfigurationError for an invalid range. */
function seedsOf(value: string): SimulateOptions['seeds'] {
  const [, a, b] = /^(\d{1,15})\.\.(\d{1,15})$/.exec(value) ?? [];
  const [first, last] = [Number(a), Number(b)];
  if (last >= first && last - first < mostSeeds) return { first, last };
  throw wrong('seeds', value, `two whole numbers, the lower first, of ${mostSeeds} seeds at most: 1..1000`);
}

function list(value: string | undefined): string[] {
  return value === undefined || value === '' ? [] : value.split(',').map((part) => part.trim());
}

function whole(name: string, value: string): number {
  if (/^\d{1,15}$/.test(value)) return Number(value);
  throw wrong(name, value, 'whole numbers from 0');
}

function optional<Value>(value: string | undefined, read: (value: string) => Value): Value | undefined {
  return value === undefined ? undefined : read(value);
}
