import { type ProviderMode, providerModes } from '../lab/faults/provider/provider-faults.ts';
import { type MailMode, mailModes } from '../lab/faults/proxy/mail-proxy.ts';
import {
  filled,
  type Option,
  oneOf,
  readArguments,
  usageOf,
  wholeNumber,
  wrong,
} from '../system/arguments.ts';

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
  /** How many processes of functions are killed while they work. */
  readonly kill: number;
  /** How many of them are frozen, until Lambda ends them at their timeout. */
  readonly freeze: number;
  /** How long the store refuses every request, in seconds. */
  readonly outage: number;
  readonly keep: boolean;
  readonly json: string | undefined;
}

type Kind = 'text' | 'count' | 'share' | 'flag';

interface KnownOption extends Option {
  readonly kind: Kind;
}

const table: Readonly<Record<string, KnownOption>> = {
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
  kill: { kind: 'count', value: 'N', default: '0', help: 'processes of functions to kill while they work' },
  freeze: {
    kind: 'count',
    value: 'N',
    default: '0',
    help: 'processes of functions to freeze while they work',
  },
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

export const usage = usageOf('npm start -- [options]', table);

/**
 * The options of `npm start`.
 * @returns `help` where they ask for it.
 * @throws ConfigurationError that names the option, the value and what it takes.
 */
export function readOptions(args: readonly string[], samples: string): StartOptions | 'help' {
  const { values } = readArguments(args, table, usage);
  if (values.help === true) return 'help';
  const text = (name: string) => values[name] as string | undefined;
  const path = (name: string) => filled(name, text(name));
  const value = (name: string) => text(name) ?? table[name]?.default ?? '';
  const number = (name: string) => checked(name, value(name));
  return {
    events: path('events') ?? samples,
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
    freeze: number('freeze'),
    outage: number('outage'),
    keep: values.keep === true,
    json: path('json'),
  };
}

function checked(name: string, value: string): number {
  if (table[name]?.kind === 'share') {
    const number = value.trim() === '' ? Number.NaN : Number(value);
    if (number >= 0 && number <= 1) return number;
    throw wrong(name, value, 'a share from 0 to 1, 0.1 for instance');
  }
  return wholeNumber(name, value);
}
