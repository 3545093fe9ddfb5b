import { systemClock } from '../../contract/clock.ts';
import { ConfigurationError } from '../../contract/errors.ts';
import { type ConsumerStatus, needsPerson, readStatus } from '../../operations/status/read-status.ts';
import { type AccessOptions, withInstallation } from '../options/access.ts';
import { callOf, type Place } from '../output/call.ts';
import { printJsonLines } from '../output/json-lines.ts';
import { lengthOfTime } from '../output/relative-time.ts';
import { type Column, formatTable } from '../output/table.ts';
import { limited, type Terminal, terminal } from '../output/terminal.ts';
import { type Command, makeCommand } from './command.ts';

interface StatusOptions {
  readonly access: AccessOptions;
  readonly watch: boolean;
}

/** Time between two looks, in ms. CloudWatch and SQS renew their figures about once a minute. */
const watchMs = 10_000;

export const status: Command = makeCommand<StatusOptions>({
  call: 'status',
  help: 'one line for each consumer',
  says: `Says for each consumer what it applies, what waits,
and what needs a person. Exit code 1: something does.`,
  options: { watch: { value: '', help: 'look again every 10 s, until Ctrl-C' } },
  examples: ['status', 'status --watch', 'status --json'],
  read({ words, values, access }) {
    if (words.length > 0)
      throw new ConfigurationError(`status takes no "${words[0]}": it shows every consumer`);
    return { access, watch: values.watch === true };
  },
  async act({ access, watch }) {
    return await withInstallation(access, async (aws, installation) => {
      for (;;) {
        const now = Date.now();
        const found = await readStatus(aws, installation, now);
        const shown = terminal(process.stdout, access.all);
        if (access.json) printJsonLines(found);
        else process.stdout.write(`${limited(formatStatus(found, shown, access), shown)}\n`);
        if (!watch) return !found.some(needsPerson);
        await systemClock.sleep(watchMs);
        process.stdout.write('\n');
      }
    });
  },
});

const columns: readonly Column<ConsumerStatus>[] = [
  { title: 'consumer', value: ({ consumer }) => consumer },
  {
    title: 'applied/min',
    isNumber: true,
    value: ({ appliedPerMinute }) => appliedPerMinute?.toFixed(appliedPerMinute < 10 ? 1 : 0) ?? '?',
  },
  { title: 'waiting', isNumber: true, value: ({ waiting }) => String(waiting) },
  {
    title: 'oldest',
    isNumber: true,
    value: ({ oldestSeconds, waiting }) =>
      waiting === 0 ? '-' : oldestSeconds === undefined ? '?' : lengthOfTime(oldestSeconds * 1000),
  },
  {
    title: 'dead letters',
    isNumber: true,
    value: ({ deadLetters, undelivered }) =>
      undelivered > 0 ? `${deadLetters} + ${undelivered}` : String(deadLetters),
  },
  { title: 'unknown', isNumber: true, value: ({ unknown }) => String(unknown) },
  { title: 'blocked', isNumber: true, value: ({ blocked }) => String(blocked) },
];

/** What needs somebody, with the command that shows it. */
const hints: readonly (readonly [
  hint: (consumer: string) => string,
  has: (status: ConsumerStatus) => boolean,
])[] = [
  [(name) => `dlq ls ${name}`, ({ deadLetters }) => deadLetters > 0],
  [() => 'doctor', ({ undelivered }) => undelivered > 0],
  [(name) => `unknown ls ${name}`, ({ unknown }) => unknown > 0],
  [(name) => `blocked ls ${name}`, ({ blocked }) => blocked > 0],
];

function formatStatus(found: readonly ConsumerStatus[], shown: Terminal, place: Place): string {
  const stopped = found.flatMap(({ consumer, stopped: why }) =>
    why.length === 0 ? [] : [shown.colors.red(`${consumer} gets no messages: ${why.join(', and ')}`)],
  );
  const next = found.flatMap((one) =>
    hints.flatMap(([hint, has]) => (has(one) ? [callOf(hint(one.consumer), place)] : [])),
  );
  return [
    formatTable(found, columns, shown),
    ...(stopped.length + next.length === 0 ? [] : ['', ...stopped, ...new Set(next)]),
  ].join('\n');
}
