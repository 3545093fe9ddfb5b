import { type Consumer, consumers } from './consumers.ts';
import type { ConsumerCounts } from './observe/deliveries.ts';
import type { Ended } from './sandbox/end-functions.ts';
import type { Resent } from './verify/charges.ts';
import type { UnknownOutcome } from './verify/records.ts';

/** What became of a consumer's messages. */
export interface ConsumerResult extends ConsumerCounts {
  /** Messages in its dead-letter queue. */
  readonly deadLetters: number;
}

/** What `npm start` measured; `--json` writes it. */
export interface Result {
  readonly seed: number;
  readonly published: {
    readonly events: number;
    /** Those of them that were sent after newer ones of their group. */
    readonly late: number;
    readonly sent: number;
    readonly removedByBroker: number;
  };
  readonly consumers: Readonly<Record<Consumer, ConsumerResult>>;
  readonly provider: { readonly requests: number; readonly charges: number; readonly resent: Resent };
  /** Mails that SES took. */
  readonly mails: number;
  /** Processes of functions that were ended on purpose, and invocations that Lambda ended at their timeout. */
  readonly ended: Ended & { readonly timedOut: number };
  readonly verified: {
    readonly expected: number;
    readonly missing: number;
    readonly doubled: number;
    /** Orders and customers below their highest sequence. */
    readonly regressions: number;
    /** Sequence numbers of groups that no record of fulfilment has, and a line for each gap. */
    readonly gaps: number;
    readonly gapLines: readonly string[];
    /** Events that fulfilment completed after one of a higher sequence in their group. */
    readonly late: number;
    /** Decimals, as strings. */
    readonly ledgerTotal: string;
    readonly ledgerExpected: string;
    readonly doubleCharges: number;
    readonly doubleMails: number;
    /** Outcomes that nobody knows. */
    readonly unknown: number;
    readonly unknowns: readonly UnknownOutcome[];
    /** Messages in the dead-letter queue of fulfilment. */
    readonly dlq: number;
    readonly problems: readonly string[];
  };
  readonly seconds: Readonly<Record<'setup' | 'deploy' | 'publish' | 'drain' | 'verify', number>>;
}

/** How many lines of a kind are printed; the JSON holds them all. */
const shownLines = 20;

const width = 34;
const column = 15;

type Row = readonly [name: string, ...values: (string | number)[]];

export function formatResult(result: Result): string {
  const { published, consumers: counts, provider, mails, ended, verified, seconds } = result;
  const perConsumer = (name: string, value: keyof ConsumerResult): Row => [
    name,
    ...consumers.map((consumer) => counts[consumer][value]),
  ];
  const sections: Row[][] = [
    [
      ['events published', published.events],
      ...(published.late === 0 ? [] : [['  late', published.late] satisfies Row]),
      ['messages sent', published.sent],
      ['  removed by the broker', published.removedByBroker],
    ],
    [
      ['', ...consumers],
      perConsumer('delivered', 'delivered'),
      perConsumer('  applied', 'applied'),
      perConsumer('    stale in part', 'stale'),
      perConsumer('  duplicates', 'duplicates'),
      perConsumer('  conflicts', 'conflicts'),
      perConsumer('  poison', 'poison'),
      perConsumer('  unknown', 'unknown'),
      perConsumer('failed deliveries', 'failed'),
      perConsumer('in the dead-letter queue', 'deadLetters'),
    ],
    [
      ['charges', provider.charges],
      ['charges sent again', provider.resent.total],
      ...Object.entries(provider.resent.causes).map(([cause, n]): Row => [`  ${cause}`, n]),
      ['mails', mails],
    ],
    ...(ended.killed + ended.frozen + ended.timedOut === 0
      ? []
      : [
          [
            ['functions killed', ended.killed],
            ['functions frozen', ended.frozen],
            ['invocations timed out', ended.timedOut],
          ] satisfies Row[],
        ]),
    [
      ['events expected', verified.expected],
      ['missing', verified.missing],
      ['doubled', verified.doubled],
      ['regressions', verified.regressions],
      ['gaps in sequences', verified.gaps],
      ['applied out of sequence', verified.late],
      ['ledger', verified.ledgerTotal],
      ['ledger expected', verified.ledgerExpected],
      ['charged twice', verified.doubleCharges],
      ['mailed twice', verified.doubleMails],
      ['outcomes unknown', verified.unknown],
    ],
    Object.entries(seconds).map(([phase, time]) => [`${phase} (s)`, time.toFixed(1)]),
  ];
  const table = sections.map((rows) => rows.map(formatRow).join('\n')).join('\n\n');
  return `\n${table}\n\n${formatUnknowns(verified.unknowns)}${formatGaps(verified.gapLines)}${verdict(verified)}\n`;
}

function formatRow([name, ...values]: Row): string {
  return `${name.padEnd(width)}${values.map((value) => String(value).padEnd(column)).join('')}`.trimEnd();
}

function formatUnknowns(unknowns: readonly UnknownOutcome[]): string {
  if (unknowns.length === 0) return '';
  const lines = unknowns.map(({ consumer, source, id, reason }) => `${consumer} ${source} ${id}: ${reason}`);
  return `${list('Unknown outcomes, which wait for an operator', lines)}\n\n`;
}

function formatGaps(lines: readonly string[]): string {
  return lines.length === 0 ? '' : `${list('Gaps', lines)}\n\n`;
}

function verdict({ problems, unknown }: Result['verified']): string {
  if (problems.length > 0) return list('Problems', problems);
  const rest = unknown === 0 ? '' : ' What is unknown was not tried again.';
  return `Every event was applied exactly once. Nothing was charged or mailed twice.${rest}`;
}

function list(title: string, lines: readonly string[]): string {
  const hidden = lines.length - shownLines;
  const more = hidden > 0 ? [`  and ${hidden} more`] : [];
  return [
    `${title}: ${lines.length}`,
    ...lines.slice(0, shownLines).map((line) => `  ${line}`),
    ...more,
  ].join('\n');
}
