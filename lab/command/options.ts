import { type EmulatorName, emulatorNames } from '../../local/endpoint/emulators.ts';
import {
  filled,
  type Option,
  oneOf,
  readArguments,
  usageOf,
  wholeNumber,
  wrong,
} from '../../system/arguments.ts';
import { type ProviderMode, providerModes } from '../faults/provider/provider-faults.ts';
import { type MailMode, mailModes } from '../faults/proxy/mail-proxy.ts';

export interface StartOptions {
  /** The emulator to start. AWS_ENDPOINT_URL takes precedence. */
  readonly emulator: EmulatorName;
  /** Path of the events, one JSON object per line; `-` is standard input. */
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
  /** How calls to SES fail. */
  readonly mail: MailMode;
  /** How many processes of functions are killed while they work. */
  readonly kill: number;
  /** How many processes of functions are frozen until Lambda's timeout ends them. */
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
  emulator: {
    kind: 'text',
    value: 'NAME',
    default: 'ministack',
    help: `the emulator of AWS to start: ${emulatorNames.join(', ')}`,
  },
  events: {
    kind: 'text',
    value: 'FILE',
    help: 'events to publish, ndjson, also .gz; - reads standard input',
  },
  limit: { kind: 'count', value: 'N', default: '1000', help: 'at most so many events' },
  duplicates: {
    kind: 'share',
    value: 'P',
    default: '0.1',
    help: "share sent again within the broker's deduplication window",
  },
  'late-duplicates': {
    kind: 'share',
    value: 'P',
    default: '0.1',
    help: 'share sent again after that window',
  },
  poison: { kind: 'count', value: 'N', default: '7', help: 'number of malformed messages' },
  conflicts: {
    kind: 'count',
    value: 'N',
    default: '2',
    help: 'number of events sent again with other content',
  },
  shuffle: {
    kind: 'share',
    value: 'P',
    default: '0',
    help: 'share published late, after newer events of their group',
  },
  seed: { kind: 'count', value: 'N', default: '1', help: 'random seed for choosing the affected events' },
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
    help: `how calls to SES fail: ${mailModes.join(', ')}`,
  },
  kill: {
    kind: 'count',
    value: 'N',
    default: '0',
    help: 'number of function processes to kill while they work',
  },
  freeze: {
    kind: 'count',
    value: 'N',
    default: '0',
    help: 'number of function processes to freeze while they work',
  },
  outage: {
    kind: 'count',
    value: 'SECONDS',
    default: '0',
    help: 'how long the store refuses every request, mid-run',
  },
  keep: { kind: 'flag', value: '', help: 'leave the emulator running, and print how to inspect it' },
  json: { kind: 'text', value: 'FILE', help: 'also write the result to this file' },
  help: { kind: 'flag', value: '', help: 'print this' },
};

export const usage = usageOf('npm start -- [options]', table);

/**
 * Reads the options of `npm start`.
 * @returns `help` if the user asks for help.
 * @throws ConfigurationError that names the option, its value and the valid values.
 */
export function readOptions(args: readonly string[], samples: string): StartOptions | 'help' {
  const { values } = readArguments(args, table, usage);
  if (values.help === true) return 'help';
  const text = (name: string) => values[name] as string | undefined;
  const path = (name: string) => filled(name, text(name));
  const value = (name: string) => text(name) ?? table[name]?.default ?? '';
  const number = (name: string) => checked(name, value(name));
  return {
    emulator: oneOf(emulatorNames, 'emulator', value('emulator')),
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
    throw wrong(name, value, 'a share from 0 to 1, for example 0.1');
  }
  return wholeNumber(name, value);
}
