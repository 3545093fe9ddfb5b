import { type Aws, connect } from '../../operations/access/connect.ts';
import { findInstallation, type Installation } from '../../operations/installation/find-installation.ts';
import { type Arguments, type Options, readArguments, usageOf, wrong } from '../../system/arguments.ts';
import { defaultStack, type Place } from '../output/call.ts';

/** Options of each command that looks at a deployed stack. */
export const accessOptions = {
  stack: { value: 'NAME', help: 'the stack with the consumers', default: defaultStack },
  region: { value: 'NAME', help: "the stack's Region", default: "the environment's" },
  profile: { value: 'NAME', help: 'a profile of the AWS configuration' },
  json: { value: '', help: 'print JSON, one object a line' },
  all: { value: '', help: 'print every line' },
  debug: { value: '', help: 'print where an error comes from' },
  help: { value: '', help: 'print this' },
} as const satisfies Options;

export interface AccessOptions extends Place {
  readonly json: boolean;
  readonly all: boolean;
}

/** A command line that was read: the access to AWS, the words, and the values of the command's own options. */
export interface CommandLine extends Arguments {
  readonly access: AccessOptions;
  /** The value of an option of the command; `undefined` if it is not given. */
  text(name: string): string | undefined;
}

/** The usage of a command, with examples. */
export function usage(call: string, says: string, own: Options, examples: readonly string[]): string {
  const options = usageOf(`npx order-once ${call} [options]`, { ...own, ...accessOptions });
  const shown = examples.map((example) => `  npx order-once ${example}`);
  return [options, '', says, '', 'Examples:', '', ...shown].join('\n');
}

/**
 * Reads the arguments of a command.
 * @param hint The line that says how to see the usage.
 * @returns `help` if the user asks for help.
 * @throws ConfigurationError that names the option, its value and the valid values.
 */
export function readCommandLine(args: readonly string[], own: Options, hint: string): CommandLine | 'help' {
  const read = readArguments(args, { ...own, ...accessOptions }, hint, { takesWords: true });
  if (read.values.help === true) return 'help';
  const text = (name: string) => {
    const value = read.values[name] as string | undefined;
    if (value === '') throw wrong(name, value, 'a text that is not empty');
    return value;
  };
  return {
    ...read,
    text,
    access: {
      stack: text('stack') ?? defaultStack,
      region: text('region'),
      profile: text('profile'),
      json: read.values.json === true,
      all: read.values.all === true,
    },
  };
}

/** Runs `work` with clients and with the consumers of the stack, and closes the clients. */
export async function withInstallation<Result>(
  { stack, ...access }: AccessOptions,
  work: (aws: Aws, installation: Installation) => Promise<Result>,
): Promise<Result> {
  const aws = connect(access);
  try {
    return await work(aws, await findInstallation(aws, stack));
  } finally {
    aws.close();
  }
}
