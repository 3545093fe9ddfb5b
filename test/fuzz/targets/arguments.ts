import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readLocalOptions, usage as usageOfLocal } from '../../../cli/local/options.ts';
import { ConfigurationError } from '../../../contract/errors.ts';
import { readOptions, usage } from '../../../lab/command/options.ts';
import { providerModes } from '../../../lab/faults/provider/provider-faults.ts';
import { mailModes } from '../../../lab/faults/proxy/mail-proxy.ts';
import { emulatorNames } from '../../../local/endpoint/emulators.ts';
import { readCrash, usage as usageOfCrashes } from '../../../simulation/command/chosen-crash.ts';
import { readChosen, usage as usageOfMutants } from '../../../simulation/command/chosen-mutants.ts';
import {
  readOptions as readSimulation,
  usage as usageOfSimulation,
} from '../../../simulation/command/options.ts';
import { mutantNames } from '../../../simulation/mutants/table.ts';
import { workloadNames } from '../../../simulation/workloads/workloads.ts';
import { faultKinds } from '../../../simulation/world/faults.ts';
import { numerals, texts } from '../inputs/hostile.ts';
import { type Target, target } from '../target.ts';

/** A program and its arguments. */
interface Program {
  readonly name: string;
  readonly usage: string;
  /** Values, and words without an option, that mean something to it. */
  readonly words: readonly string[];
  readonly read: (args: readonly string[]) => object | 'help';
  /** Throws where what was read is nothing that the program can do. */
  readonly check: (options: Readonly<Record<string, unknown>>) => void;
}

const start: Program = {
  name: 'start-arguments',
  usage,
  words: ['none', 'hang', ...emulatorNames],
  read: (args) => readOptions(args, 'samples'),
  check: ({ emulator, events, json, provider, mail, keep, ...numbers }) => {
    assert.ok((emulatorNames as readonly unknown[]).includes(emulator));
    assert.ok(typeof events === 'string' && events !== '');
    assert.ok(json === undefined || (typeof json === 'string' && json !== ''));
    assert.ok((providerModes as readonly unknown[]).includes(provider));
    assert.ok((mailModes as readonly unknown[]).includes(mail));
    assert.equal(typeof keep, 'boolean');
    const { duplicates, lateDuplicates, shuffle, ...counts } = numbers;
    for (const share of [duplicates, lateDuplicates, shuffle])
      assert.ok(Number(share) >= 0 && Number(share) <= 1);
    for (const count of Object.values(counts)) assert.ok(Number.isSafeInteger(count) && Number(count) >= 0);
    assert.deepEqual(Object.keys(counts).toSorted(), [
      'conflicts',
      'freeze',
      'kill',
      'limit',
      'outage',
      'poison',
      'seed',
    ]);
  },
};

const local: Program = {
  name: 'local-arguments',
  usage: usageOfLocal,
  words: ['stage=dev', '=', 'Shop', ...emulatorNames],
  read: readLocalOptions,
  check: ({ emulator, app, stackName, context, outputs }) => {
    assert.ok((emulatorNames as readonly unknown[]).includes(emulator));
    assert.ok(app === undefined || typeof app === 'string');
    for (const text of [stackName, outputs])
      assert.ok(text === undefined || (typeof text === 'string' && text !== ''));
    assert.ok(Object.keys(context as object).every((key) => key !== ''));
  },
};

const simulate: Program = {
  name: 'simulate-arguments',
  usage: usageOfSimulation,
  words: ['7..7', '1..2', '2..1', '1..999999999999999', ...workloadNames, ...faultKinds, ...mutantNames],
  read: readSimulation,
  check: ({ seeds, workload, withoutEvents, withoutFaults, mostFaults, mutant, trace, json }) => {
    const { first, last } = seeds as { first: number; last: number };
    const count = last - first + 1;
    assert.ok(Number.isSafeInteger(first) && first >= 0 && count >= 1 && count <= 1_000_000);
    assert.ok(trace === false || (trace === true && count === 1));
    assert.ok(workload === undefined || (workloadNames as readonly unknown[]).includes(workload));
    assert.ok(mutant === undefined || (mutantNames as readonly unknown[]).includes(mutant));
    assert.ok((withoutEvents as unknown[]).every((event) => Number.isSafeInteger(event)));
    assert.ok(
      (withoutFaults as unknown[]).every((kind) => (faultKinds as readonly unknown[]).includes(kind)),
    );
    assert.ok(mostFaults === Number.POSITIVE_INFINITY || Number.isSafeInteger(mostFaults));
    assert.ok(json === undefined || (typeof json === 'string' && json !== ''));
  },
};

const simulateMutants: Program = {
  name: 'simulate-mutants-arguments',
  usage: usageOfMutants,
  words: mutantNames,
  read: readChosen,
  check: ({ names }) => {
    assert.ok((names as readonly unknown[]).length > 0);
    assert.ok((names as unknown[]).every((name) => (mutantNames as readonly unknown[]).includes(name)));
  },
};

const simulateCrashes: Program = {
  name: 'simulate-crashes-arguments',
  usage: usageOfCrashes,
  words: ['fulfilment', 'billing', 'one event', 'a conflict', '0', '3,5', '1,x', '1,'],
  read: readCrash,
  check: ({ chosen }) => {
    if (chosen === undefined) return;
    const { scenario, points } = chosen as { scenario: { plan: unknown }; points: unknown[] };
    assert.ok(scenario.plan);
    assert.ok(points.every((point) => Number.isSafeInteger(point)));
  },
};

/** Every program whose arguments are fuzzed. */
const programs: readonly Program[] = [start, local, simulate, simulateMutants, simulateCrashes];

/** Beyond the usage that comes with it. */
const mostCharacters = 2_000;

/** Options, or one `ConfigurationError` that names an option that was given, and its value. */
export const argumentTargets: readonly Target[] = programs.map(({ name, usage, words, read, check }) =>
  target<readonly string[]>({
    name,
    runs: 3_000,
    inputs: fc.array(argumentOf(optionsOf(usage), words), { maxLength: 4 }).map((args) => args.flat()),
    examples: [
      [`--${'x'.repeat(100_000)}`],
      ['--limit', 'x'.repeat(100_000)],
      ['x'.repeat(100_000), 'x'.repeat(100_000)],
      Array<string>(20_000).fill('--keep'),
    ],
    check: (args) => {
      let result: object | 'help';
      try {
        result = read(args);
      } catch (error) {
        assert.ok(error instanceof ConfigurationError, String(error));
        const text = error.message.replace(usage, '');
        assert.ok(text.length <= mostCharacters, `${text.length} characters`);
        assert.ok(namesOne(text, args), text);
        return;
      }
      if (result !== 'help') check(result as Readonly<Record<string, unknown>>);
    },
  }),
);

function optionsOf(usage: string): string[] {
  return [...usage.matchAll(/^ {2}--([\w-]+)/gm)].map(([, option = '']) => option);
}

function argumentOf(options: readonly string[], words: readonly string[]): fc.Arbitrary<string[]> {
  const names = fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...options) }, texts);
  const values = fc.oneof(numerals, texts, fc.constantFrom('', '0', '1', '0.5', '-1', '--', '-', ...words));
  return fc.oneof(
    { weight: 4, arbitrary: fc.tuple(names, values).map(([name, value]) => [`--${name}`, value]) },
    { weight: 4, arbitrary: fc.tuple(names, values).map(([name, value]) => [`--${name}=${value}`]) },
    names.map((name) => [`--${name}`]),
    { weight: 2, arbitrary: fc.oneof(texts, fc.constantFrom(...words)).map((text) => [text]) },
  );
}

/** Characters of a long argument that a message quotes at least. */
const quoted = 900;

/** An option and what was given as its value; or an argument that is no option, or an option that takes none. */
function namesOne(text: string, args: readonly string[]): boolean {
  const [, option, value = ''] = /^--([\w-]+) is "(.*)": it takes /s.exec(text) ?? [];
  if (option === undefined) return args.some((arg) => text.includes(nameOf(arg).slice(0, quoted)));
  const isGiven = args.some((arg) => arg === `--${option}` || arg.startsWith(`--${option}=`));
  return isGiven && args.some((arg) => arg.toWellFormed().includes(value.slice(0, quoted)));
}

function nameOf(arg: string): string {
  const name = arg.startsWith('--') ? arg.split('=')[0] : arg.startsWith('-') ? arg.slice(0, 2) : arg;
  return (name ?? '').toWellFormed();
}
