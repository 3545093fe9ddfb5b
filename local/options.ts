import { parseArgs } from 'node:util';
import { ConfigurationError } from '../contract/errors.ts';
import { type MailMode, mailModes } from './sandbox/mail-proxy.ts';
import { type ProviderMode, providerModes } from './sandbox/provider-faults.ts';

export interface StartOptions {
  /** Path of the events, one JSON object a line; `-` is standard input. */
  readonly events: string;
  readonly limit: number;
  readonly duplicates: number;
  readonly lateDuplicates: number;
  readonly poison: number;
  readonly conflicts: number;
  /** Share of the events that are published late. */
  readonly shuffle: number;
  readonly seed: number;
  /** How the payment provider fails. */
  readonly provider: ProviderMode;
  /** How the way to SES fails. */
  readonly mail: MailMode;
  /** How many processes of functions are ended while they work. */
  readonly kill: number;
  /** How long the store refuses every request, in seconds. */
  readonly outage: number;
  readonly keep: boolean;
  readonly json: string | undefined;
}

type Kind = 'text' | 'count' | 'share' | 'flag';

interface Option {
  readonly kind: Kind;
  readonly value: string;
  readonly help: string;
  readonly default?: string;
}

const table: Readonly<Record<string, Option>> = {
  events: {
    kind: 'text',
    value: 'FILE',
    help: 'events to publish, ndjson, also .gz; - reads standard input',
  },
  limit: { kind: 'count', value: 'N', default: '1000', help: 'how many of them at most' },
  duplicates: {
    kind: 'share',
    value: 'P',
    default: '0.1',
    help: 'share sent again inside the broker window',
  },
  'late-duplicates': {
    kind: 'share',
    value: 'P',
    default: '0.1',
    help: 'share sent again as after the window',
  },
  poison: { kind: 'count', value: 'N', default: '7', help: 'messages that are no valid event' },
  conflicts: { kind: 'count', value: 'N', default: '2', help: 'events sent again with other content' },
  shuffle: {
    kind: 'share',
    value: 'P',
    default: '0',
    help: 'share published late, after newer ones of their group',
  },
  seed: { kind: 'count', value: 'N', default: '1', help: 'decides which events the above strike' },
  provider: {
    kind: 'text',
    value: 'MODE',
    default: 'none',
    help: `how the payment provider fails: ${providerModes.join(', ')}`,
  },
  mail: {
    kind: 'text',
    value: 'MODE',
    default: 'none',
    help: `how the way to SES fails: ${mailModes.join(', ')}`,
  },
  kill: { kind: 'count', value: 'N', default: '0', help: 'processes of functions to end while they work' },
  outage: {
    kind: 'count',
    value: 'SECONDS',
    default: '0',
    help: 'how long the store refuses, in the middle',
  },
  keep: { kind: 'flag', value: '', help: 'leave the emulator up, and print how to look around' },
  json: { kind: 'text', value: 'FILE', help: 'write the result there too' },
  help: { kind: 'flag', value: '', help: 'print this' },
};

export const usage = [
  'npm start -- [options]',
  '',
  ...Object.entries(table).map(([name, { value, help, default: fallback }]) => {
    const option = `  --${name} ${value}`.padEnd(24);
    return `${option}${help}${fallback === undefined ? '' : ` (default ${fallback})`}`;
  }),
].join('\n');

/**
 * The options of `npm start`.
 * @returns `help` where they ask for it.
 * @throws ConfigurationError that names the option, the value and what it takes.
 */
export function readOptions(args: readonly string[], samples: string): StartOptions | 'help' {
  const values = parse(args);
  if (values.help === true) return 'help';
  const text = (name: string) => values[name] as string | undefined;
  const value = (name: string) => text(name) ?? table[name]?.default ?? '';
  const number = (name: string) => checked(name, value(name));
  return {
    events: text('events') ?? samples,
    limit: number('limit'),
    duplicates: number('duplicates'),
    lateDuplicates: number('late-duplicates'),
    poison: number('poison'),
    conflicts: number('conflicts'),
    shuffle: number('shuffle'),
    seed: number('seed'),
    provider: oneOf(providerModes, 'provider', value('provider')),
    mail: oneOf(mailModes, 'mail', value('mail')),
    kill: number('kill'),
    outage: number('outage'),
    keep: values.keep === true,
    json: text('json'),
  };
}

function parse(args: readonly string[]): Record<string, string | boolean | undefined> {
  const options = Object.fromEntries(
    Object.entries(table).map(([name, { kind }]) => [
      name,
      { type: kind === 'flag' ? ('boolean' as const) : ('string' as const) },
    ]),
  );
  try {
    return parseArgs({ args: joined(args), options }).values as Record<string, string | boolean | undefined>;
  } catch (error) {
    throw new ConfigurationError(`${(error as Error).message.split('. ')[0]}\n\n${usage}`);
  }
}

/** `--limit -5` as `--limit=-5`, so that the message is about the value and not about dashes. */
function joined(args: readonly string[]): string[] {
  const result: string[] = [];
  for (let index = 0; index < args.length; index++) {
    const arg = args[index] as string;
    const option = arg.startsWith('--') && !arg.includes('=') ? table[arg.slice(2)] : undefined;
    const next = args[index + 1];
    const takesNext =
      option !== undefined && option.kind !== 'flag' && next !== undefined && !next.startsWith('--');
    result.push(takesNext ? `${arg}=${next}` : arg);
    if (takesNext) index += 1;
  }
  return result;
}

function checked(name: string, value: string): number {
  const number = value.trim() === '' ? Number.NaN : Number(value);
  if (table[name]?.kind === 'share') {
    if (number >= 0 && number <= 1) return number;
    throw new ConfigurationError(`--${name} is "${value}": it takes a share from 0 to 1, 0.1 for instance`);
  }
  if (Number.isSafeInteger(number) && number >= 0) return number;
  throw new ConfigurationError(`--${name} is "${value}": it takes a whole number from 0`);
}

function oneOf<Value extends string>(values: readonly Value[], name: string, value: string): Value {
  const found = values.find((one) => one === value);
  if (found !== undefined) return found;
  throw new ConfigurationError(`--${name} is "${value}": it takes one of ${values.join(', ')}`);
}
