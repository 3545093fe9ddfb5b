import { consumerNamed } from '../../../operations/installation/find-installation.ts';
import { readQueue, sumOf } from '../../../operations/installation/read-path.ts';
import { type Letter, listLetters } from '../../../operations/letters/list-letters.ts';
import { isSelected, type Selection } from '../../../operations/letters/select-letters.ts';
import { isLost } from '../../../operations/records/standing.ts';
import { oneOf } from '../../../system/arguments.ts';
import { type AccessOptions, withInstallation } from '../../options/access.ts';
import { callOf } from '../../output/call.ts';
import { printJsonLines } from '../../output/json-lines.ts';
import { type Column, formatTable } from '../../output/table.ts';
import { limited, terminal } from '../../output/terminal.ts';
import { type Command, makeCommand } from '../command.ts';
import { takeWords } from '../words.ts';
import { formatLetters } from './letter-lines.ts';
import { readSelection, selectionOptions } from './selection.ts';

const groupings = ['code', 'group'] as const;

interface LsOptions {
  readonly access: AccessOptions;
  readonly consumer: string;
  readonly selection: Selection;
  readonly groupBy: (typeof groupings)[number] | undefined;
}

/** Lines that a listing keeps, whatever the number of letters. */
const mostKept = 1000;

export const ls: Command = makeCommand<LsOptions>({
  call: 'dlq ls CONSUMER',
  help: 'list the letters, the oldest first',
  says: `Lists a consumer's dead-letter queue from its records,
so no message is hidden. Exit code 1: the queue is
not empty, or holds another number than is listed.`,
  options: {
    ...selectionOptions,
    'group-by': { value: 'WHAT', help: 'count by code or group' },
  },
  examples: ['dlq ls fulfilment', 'dlq ls fulfilment --group-by code'],
  read(line) {
    const [consumer] = takeWords('dlq ls', line.words, 'CONSUMER');
    const by = line.text('group-by');
    return {
      access: line.access,
      consumer,
      selection: readSelection(line),
      groupBy: by === undefined ? undefined : oneOf(groupings, 'group-by', by),
    };
  },
  async act({ access, consumer, selection, groupBy }) {
    return await withInstallation(access, async (aws, installation) => {
      const described = consumerNamed(installation, consumer);
      const counts = new Map<string, number>();
      const kept: Letter[] = [];
      const queue = await readQueue(aws.sqs, described.deadLetterQueue);
      const terms = { now: Date.now(), deadLetterRetentionSeconds: queue.retentionSeconds };
      const isGone = ({ since }: Letter) => isLost(since, terms);
      let listed = 0;
      let lost = 0;
      for await (const letter of listLetters(aws.dynamoDb, described)) {
        listed += 1;
        lost += Number(isGone(letter));
        if (!isSelected(letter, selection)) continue;
        const name = groupBy === 'group' ? letter.messageGroup : letter.code;
        counts.set(name, (counts.get(name) ?? 0) + 1);
        if (access.json && groupBy === undefined) printJsonLines([{ ...letter, lost: isGone(letter) }]);
        else if (kept.length < mostKept) kept.push(letter);
      }
      const inQueue = sumOf(queue);
      const shown = terminal(process.stdout, access.all);
      const tally = [...counts].toSorted(([, one], [, other]) => other - one);
      if (access.json && groupBy !== undefined) {
        printJsonLines(tally.map(([name, letters]) => ({ [groupBy]: name, letters })));
      } else if (!access.json) {
        const table =
          groupBy === undefined
            ? formatLetters(kept, terms.now, shown, isGone)
            : formatTable(tally, tallyColumns(groupBy), shown);
        if (counts.size > 0) process.stdout.write(`${limited(table, shown)}\n\n`);
      }
      process.stderr.write(`${summary(consumer, listed - lost, inQueue)}\n`);
      if (lost > 0) process.stderr.write(`${lostLine(lost)}\n`);
      if (listed > 0) process.stderr.write(`${callOf(`dlq plan ${consumer}`, access)}\n`);
      return inQueue === 0 && listed === 0;
    });
  },
});

const tallyColumns = (by: string): readonly Column<readonly [name: string, letters: number]>[] => [
  { title: by, value: ([name]) => name },
  { title: 'letters', isNumber: true, value: ([, letters]) => String(letters) },
];

function summary(consumer: string, listed: number, inQueue: number): string {
  const count = `The dead-letter queue of ${consumer} holds ${letters(inQueue)}`;
  if (listed === inQueue) return `${count}.`;
  const missing = inQueue - listed;
  return missing > 0
    ? `${count}, and ${listed} ${listed === 1 ? 'is' : 'are'} listed: SQS itself moved ${letters(missing)}, or the list could not be written.`
    : `${count}, and ${listed} ${listed === 1 ? 'is' : 'are'} listed: ${letters(-missing)} left it, or SQS has not counted ${-missing === 1 ? 'it' : 'them'} yet.`;
}

function lostLine(lost: number): string {
  return (
    `LOST: the queue has deleted ${letters(lost)} at the end of its retention. Publish what is still wanted again, ` +
    'under its own id, and take the entry off the list with dlq drop.'
  );
}

function letters(count: number): string {
  return count === 1 ? '1 letter' : `${count} letters`;
}
