import { type EmulatorName, emulatorNames } from '../../local/endpoint/emulators.ts';
import { filled, type Option, oneOf, readArguments, usageOf, wrong } from '../../system/arguments.ts';

export interface LocalOptions {
  readonly emulator: EmulatorName;
  readonly app: string | undefined;
  readonly stackName: string | undefined;
  readonly context: Readonly<Record<string, string>>;
  /** Path of a file for the outputs. */
  readonly outputs: string | undefined;
}

const defaultEmulator: EmulatorName = 'ministack';

const table: Readonly<Record<string, Option>> = {
  emulator: { value: 'NAME', help: `${emulatorNames.join(' or ')}`, default: defaultEmulator },
  app: { value: 'COMMAND', help: 'the command of your CDK app', default: "cdk.json's" },
  stack: { value: 'NAME', help: 'the stack to deploy; "*" is all', default: 'the only one' },
  context: { value: 'KEY=VALUE', help: 'context of your CDK app; may be repeated', many: true },
  outputs: { value: 'FILE', help: 'also write the outputs to this file, as JSON' },
  help: { value: '', help: 'print this' },
};

export const usage = `${usageOf('npx order-once local [options]', table)}

Deploys your CDK app to an emulator of AWS on
this machine, prints its outputs and the
environment for the aws CLI, and runs until
Ctrl-C. With AWS_ENDPOINT_URL it deploys there
and starts no emulator.

Examples:

  npx order-once local
  npx order-once local --stack Loyalty
  npx order-once local --app 'npx tsx bin/app.ts'
  npx order-once local --context stage=dev
  npx order-once local --emulator localstack`;

const hint = 'See npx order-once local --help';

/**
 * Reads the options of `npx order-once local`.
 * @returns `help` if the user asks for help.
 * @throws ConfigurationError that names the option, its value and the valid values.
 */
export function readLocalOptions(args: readonly string[]): LocalOptions | 'help' {
  const { values } = readArguments(args, table, hint);
  if (values.help === true) return 'help';
  const text = (name: string) => values[name] as string | undefined;
  return {
    emulator: oneOf(emulatorNames, 'emulator', text('emulator') ?? defaultEmulator),
    app: text('app'),
    stackName: named('stack', text('stack')),
    context: Object.fromEntries(((values.context ?? []) as readonly string[]).map(readContext)),
    outputs: filled('outputs', text('outputs')),
  };
}

function named(option: string, value: string | undefined): string | undefined {
  if (value === '') throw wrong(option, value, 'the name of a stack');
  return value;
}

function readContext(pair: string): readonly [key: string, value: string] {
  const end = pair.indexOf('=');
  if (end < 1) throw wrong('context', pair, 'KEY=VALUE, for example stage=dev');
  return [pair.slice(0, end), pair.slice(end + 1)];
}
