import type { EndedProcess } from '../faults/kill-functions.ts';
import { consumers } from '../target/consumers.ts';
import type { UnknownOutcome } from '../verify/records.ts';
import type { ConsumerResult } from '../verify/run-result.ts';
import type { RunReport } from './run-report.ts';

/** Number of problems that are printed; the JSON has all of them. */
const shownProblems = 20;

const width = 34;
const column = 15;

type Row = readonly [name: string, ...values: (string | number)[]];

export function formatReport(result: RunReport): string {
  const { options, published, consumers: counts, provider, mails, mailsRefused, ended, store } = result;
  const { verified, seconds } = result;
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
      perConsumer('quarantined', 'quarantined'),
      perConsumer('failed deliveries', 'failed'),
      perConsumer('retried deliveries', 'retried'),
      perConsumer('  as suspects', 'suspects'),
      perConsumer('in the dead-letter queue', 'deadLetters'),
    ],
    [
      ['charges', provider.charges],
      ['charges sent again', provider.resent.total],
      ...Object.entries(provider.resent.causes).map(([cause, n]): Row => [`  ${cause}`, n]),
      ['mails', mails],
      ...(mailsRefused === 0 ? [] : [['  refused: no mailbox', mailsRefused] satisfies Row]),
    ],
    ...(options.kill + options.freeze + ended.timedOut === 0
      ? []
      : [
          [
            ['functions killed', `${ended.killed} of ${options.kill}`],
            ['  in the middle of a batch', atWork(ended.processes, 'killed')],
            ['functions frozen', `${ended.frozen} of ${options.freeze}`],
            ['  in the middle of a batch', atWork(ended.processes, 'frozen')],
            ['invocations whose process died', ended.diedAtWork],
            ['invocations timed out', ended.timedOut],
          ] satisfies Row[],
        ]),
    ...(store === undefined
      ? []
      : [
          [
            ['requests to the store', store.requests],
            ['  refused', store.refused],
            ...Object.entries(store.refusals).map(([refusal, n]): Row => [`    ${refusal}`, n]),
          ] satisfies Row[],
        ]),
    [
      ['events expected', verified.expected],
      ['missing', verified.missing],
      ['doubled', verified.doubled],
      ['regressions', verified.regressions],
      ['settled out of order', verified.inversions],
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
  const lists = [
    formatEnded(ended.processes),
    formatUnknowns(verified.unknowns),
    formatGaps(verified.gapLines),
  ];
  return `\n${table}\n\n${lists.join('')}${verdict(result)}\n`;
}

function atWork(processes: readonly EndedProcess[], way: EndedProcess['way']): number {
  return processes.filter((ended) => ended.way === way && ended.batch.length > 0).length;
}

function formatRow([name, ...values]: Row): string {
  return `${name.padEnd(width)}${values.map((value) => String(value).padEnd(column)).join('')}`.trimEnd();
}

/** Lists the ended processes. The JSON has the full message ids. */
function formatEnded(processes: readonly EndedProcess[]): string {
  if (processes.length === 0) return '';
  const lines = processes.map(({ way, at, pid, functionName, batch }) => {
    const messages = batch.map(({ messageId, receiveCount }) => `${messageId.slice(0, 8)} x${receiveCount}`);
    const held = messages.length === 0 ? 'with nothing' : `with ${messages.join(', ')}`;
    return `${at} ${way} ${pid} ${functionName}, ${held}`;
  });
  return `${list('Ended functions, with their messages and how often each was received', lines, lines.length)}\n\n`;
}

/** Lists all unknown outcomes, because an operator has to look at each. */
function formatUnknowns(unknowns: readonly UnknownOutcome[]): string {
  if (unknowns.length === 0) return '';
  const lines = unknowns.map(
    ({ consumer, source, id, reason, happened }) =>
      `${consumer} ${source} ${id}: ${reason} (${happened ? 'it happened' : 'it did not happen'})`,
  );
  return `${list('Unknown outcomes, which an operator has to resolve', lines, lines.length)}\n\n`;
}

function formatGaps(lines: readonly string[]): string {
  return lines.length === 0 ? '' : `${list('Gaps', lines, shownProblems)}\n\n`;
}

function verdict({ verified: { problems, unknowns }, options, ended }: RunReport): string {
  const overload = overloadOf(options, ended);
  if (problems.length > 0) return `${overload}${list('Problems', problems, shownProblems)}`;
  const once = 'Nothing was charged or mailed twice.';
  if (unknowns.length === 0) return `${overload}Every event was applied exactly once. ${once}`;
  const happened = unknowns.filter((outcome) => outcome.happened).length;
  return (
    `${overload}Every event was applied exactly once to the tables. ${once} Of ${unknowns.length} unknown outcomes ` +
    `${happened} happened and ${unknowns.length - happened} did not.`
  );
}

/** Empty if functions were ended on purpose, because then their timeouts do not mean that the machine is slow. */
function overloadOf({ kill, freeze }: RunReport['options'], { timedOut }: RunReport['ended']): string {
  if (timedOut === 0 || kill + freeze > 0) return '';
  const invocations = timedOut === 1 ? '1 invocation' : `${timedOut} invocations`;
  return `${invocations} timed out, because this machine is too slow or too busy. Try again with fewer events (--limit).\n`;
}

function list(title: string, lines: readonly string[], shown: number): string {
  const hidden = lines.length - shown;
  const more = hidden > 0 ? [`  and ${hidden} more`] : [];
  return [`${title}: ${lines.length}`, ...lines.slice(0, shown).map((line) => `  ${line}`), ...more].join(
    '\n',
  );
}
