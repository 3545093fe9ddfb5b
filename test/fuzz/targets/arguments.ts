import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ConfigurationError } from '../../../contract/errors.ts';
import { readOptions, usage } from '../../../local/options.ts';
import { mailModes } from '../../../local/sandbox/mail-proxy.ts';
import { providerModes } from '../../../local/sandbox/provider-faults.ts';
import { numerals, texts } from '../inputs/hostile.ts';
import { type Target, target } from '../target.ts';

/** A program and its arguments. */
interface Program {
  readonly name: string;
  readonly usage: string;
  readonly options: readonly string[];
  readonly read: (args: readonly string[]) => object | 'help';
  /** Throws where what was read is nothing that the program can do. */
  readonly check: (options: Readonly<Record<string, unknown>>) => void;
}

const start: Program = {
  name: 'start-arguments',
  usage,
  options: [...usage.matchAll(/^ {2}--([\w-]+)/gm)].map(([, option = '']) => option),
  read: (args) => readOptions(args, 'samples'),
  check: ({ events, json, provider, mail, keep, ...numbers }) => {
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

/** Every program whose arguments are fuzzed. */
const programs: readonly Program[] = [start];

/** Beyond the usage that comes with it. */
const mostCharacters = 1_500;

/** Options, or one `ConfigurationError` that names an option that was given, and its value. */
export const argumentTargets: readonly Target[] = programs.map(({ name, usage, options, read, check }) =>
  target<readonly string[]>({
    name,
    runs: 3_000,
    inputs: fc.array(argumentOf(options), { maxLength: 4 }).map((args) => args.flat()),
    examples: [
      [`--${'x'.repeat(100_000)}`],
      ['--limit', 'x'.repeat(100_000)],
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

function argumentOf(options: readonly string[]): fc.Arbitrary<string[]> {
  const names = fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...options) }, texts);
  const values = fc.oneof(
    numerals,
    texts,
    fc.constantFrom('', '0', '1', '0.5', '-1', '--', '-', 'none', 'hang'),
  );
  return fc.oneof(
    { weight: 4, arbitrary: fc.tuple(names, values).map(([name, value]) => [`--${name}`, value]) },
    { weight: 4, arbitrary: fc.tuple(names, values).map(([name, value]) => [`--${name}=${value}`]) },
    names.map((name) => [`--${name}`]),
    texts.map((text) => [text]),
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
