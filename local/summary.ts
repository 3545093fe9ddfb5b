import type { ConsumerCounts } from './observe/deliveries.ts';

/** What `npm start` measured; `--json` writes it. */
export interface Result {
  readonly seed: number;
  readonly published: { readonly events: number; readonly sent: number; readonly removedByBroker: number };
  readonly consumers: { readonly fulfilment: ConsumerCounts };
  readonly verified: {
    readonly expected: number;
    readonly missing: number;
    readonly doubled: number;
    /** Decimals, as strings. */
    readonly ledgerTotal: string;
    readonly ledgerExpected: string;
    /** Messages in the dead-letter queue. */
    readonly dlq: number;
    readonly problems: readonly string[];
  };
  readonly seconds: Readonly<Record<'setup' | 'deploy' | 'publish' | 'drain' | 'verify', number>>;
}

/** How many problems are printed; the JSON holds them all. */
const shownProblems = 20;

export function formatResult({ published, consumers, verified, seconds }: Result): string {
  const { fulfilment } = consumers;
  const rows: [string, string | number][][] = [
    [
      ['events published', published.events],
      ['messages sent', published.sent],
      ['  removed by the broker', published.removedByBroker],
      ['  delivered', fulfilment.delivered],
    ],
    [
      ['applied', fulfilment.applied],
      ['duplicates', fulfilment.duplicates],
      ['conflicts', fulfilment.conflicts],
      ['poison', fulfilment.poison],
      ['failed deliveries', fulfilment.failed],
    ],
    [
      ['events expected', verified.expected],
      ['missing', verified.missing],
      ['doubled', verified.doubled],
      ['ledger', verified.ledgerTotal],
      ['ledger expected', verified.ledgerExpected],
      ['in the dead-letter queue', verified.dlq],
    ],
    Object.entries(seconds).map(([phase, time]) => [`${phase} (s)`, time.toFixed(1)]),
  ];
  const table = rows.map((section) =>
    section.map(([name, value]) => `${name.padEnd(28)}${value}`).join('\n'),
  );
  return `\n${table.join('\n\n')}\n\n${verdict(verified.problems)}\n`;
}

function verdict(problems: readonly string[]): string {
  if (problems.length === 0) return 'Every event was applied exactly once.';
  const shown = problems.slice(0, shownProblems).map((problem) => `  ${problem}`);
  const hidden = problems.length - shown.length;
  const more = hidden > 0 ? [`  and ${hidden} more`] : [];
  return [`Problems: ${problems.length}`, ...shown, ...more].join('\n');
}
