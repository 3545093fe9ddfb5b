import { ConfigurationError } from '../../contract/errors.ts';
import { chosenConsumers } from '../../operations/installation/find-installation.ts';
import { acceptedLines } from '../../operations/verify/accepted-lines.ts';
import {
  fine,
  type Verified,
  type VerifiedAs,
  verdicts,
  verifyEvents,
} from '../../operations/verify/verify-events.ts';
import { readLines } from '../../publisher/input/lines.ts';
import { filled } from '../../system/arguments.ts';
import { type AccessOptions, withInstallation } from '../options/access.ts';
import { printJsonLines } from '../output/json-lines.ts';
import { type Column, formatTable } from '../output/table.ts';
import { limited, terminal } from '../output/terminal.ts';
import { type Command, makeCommand } from './command.ts';
import { takeWords } from './words.ts';

interface VerifyOptions {
  readonly access: AccessOptions;
  readonly events: string;
  readonly journal: string | undefined;
  readonly consumer: string | undefined;
}

/** Problems that are kept for the table; all are counted. */
const mostKept = 1000;

export const verify: Command = makeCommand<VerifyOptions>({
  call: 'verify EVENTS',
  help: 'compare a file of events with the records',
  says: `Says for each consumer how many events of a file were
applied, and which were not. With the journal of their
publication it looks only at those that were published.
Exit code 1: some were not applied.`,
  options: {
    journal: { value: 'FILE', help: 'the journal of the publication' },
    consumer: { value: 'NAME', help: 'only this consumer', default: 'all' },
  },
  examples: ['verify orders.ndjson --journal orders.journal'],
  read(line) {
    const [events] = takeWords('verify', line.words, 'EVENTS');
    return {
      access: line.access,
      events,
      journal: filled('journal', line.text('journal')),
      consumer: line.text('consumer'),
    };
  },
  async act({ access, events, journal, consumer }) {
    const upTo = journal === undefined ? undefined : await acceptedLines(journal);
    return await withInstallation(access, async (aws, installation) => {
      const consumers = chosenConsumers(installation, consumer);
      const counts = new Map(consumers.map(({ consumer: name }) => [name, emptyCounts()]));
      const problems: Verified[] = [];
      let invalid = 0;
      await verifyEvents(aws, {
        consumers,
        lines: readLines(events),
        upTo,
        now: Date.now(),
        onVerified(verified) {
          const own = counts.get(verified.consumer);
          if (own !== undefined) own[verified.verdict] += 1;
          if (fine.has(verified.verdict)) return;
          if (access.json) printJsonLines([verified]);
          else if (problems.length < mostKept) problems.push(verified);
        },
        onInvalid(line, why) {
          invalid += 1;
          if (access.json) printJsonLines([{ line, verdict: 'invalid', why }]);
        },
      });
      if (invalid === 0 && [...counts.values()].every((own) => sum(own) === 0)) {
        throw new ConfigurationError(`${events} has no event that was published: nothing was compared`);
      }
      const shown = terminal(process.stdout, access.all);
      if (access.json) printJsonLines([...counts].map(([name, own]) => ({ consumer: name, ...own })));
      else {
        const used = verdicts.filter((verdict) => [...counts.values()].some((own) => own[verdict] > 0));
        const tally = formatTable([...counts], tallyColumns(used), shown);
        const list = problems.length === 0 ? '' : `\n\n${formatTable(problems, columns, shown)}`;
        process.stdout.write(`${limited(`${tally}${list}`, shown)}\n`);
        if (invalid > 0) process.stderr.write(`${invalid} lines are no events.\n`);
      }
      return invalid === 0 && [...counts.values()].every((own) => own.applied + own.ignored === sum(own));
    });
  },
});

type Counts = Record<VerifiedAs, number>;

function emptyCounts(): Counts {
  return Object.fromEntries(verdicts.map((verdict) => [verdict, 0])) as Counts;
}

function sum(counts: Counts): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}

function tallyColumns(
  used: readonly VerifiedAs[],
): readonly Column<readonly [name: string, counts: Counts]>[] {
  return [
    { title: 'consumer', value: ([name]) => name },
    ...used.map((verdict) => ({
      title: verdict,
      isNumber: true,
      value: ([, counts]: readonly [name: string, counts: Counts]) => String(counts[verdict]),
    })),
  ];
}

const columns: readonly Column<Verified>[] = [
  { title: 'line', isNumber: true, value: ({ line }) => String(line) },
  { title: 'consumer', value: ({ consumer }) => consumer },
  { title: 'verdict', value: ({ verdict }) => verdict },
  { title: 'event', value: ({ id }) => id },
  { title: 'why', value: ({ why = '' }) => why },
];
