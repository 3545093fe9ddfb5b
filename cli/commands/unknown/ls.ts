import { partsOfArn } from '../../../operations/access/connect.ts';
import { chosenConsumers } from '../../../operations/installation/find-installation.ts';
import { type ListedRecord, listAttention } from '../../../operations/records/list-attention.ts';
import { type AccessOptions, withInstallation } from '../../options/access.ts';
import { callOf } from '../../output/call.ts';
import { printJsonLines } from '../../output/json-lines.ts';
import { relativeTime } from '../../output/relative-time.ts';
import { type Column, formatTable } from '../../output/table.ts';
import { limited, terminal } from '../../output/terminal.ts';
import { type Command, makeCommand } from '../command.ts';

interface LsOptions {
  readonly access: AccessOptions;
  readonly consumer: string | undefined;
}

export const ls: Command = makeCommand<LsOptions>({
  call: 'unknown ls [CONSUMER]',
  help: 'list the unknown outcomes, the oldest first',
  says: `Lists the events of which only a person can say
whether their effect happened. Exit code 1: there are
some.`,
  options: {},
  examples: ['unknown ls', 'unknown ls billing'],
  read: ({ words: [consumer], access }) => ({ access, consumer }),
  async act({ access, consumer }) {
    return await withInstallation(access, async (aws, installation) => {
      const consumers = chosenConsumers(installation, consumer);
      const found: ListedRecord[] = [];
      for (const one of consumers) {
        const list = { table: partsOfArn(one.records).name, consumer: one.consumer };
        const entries = listAttention(aws.dynamoDb, { ...list, states: ['OUTCOME_UNKNOWN'] });
        for await (const entry of entries) found.push(entry);
      }
      const shown = terminal(process.stdout, access.all);
      if (access.json) printJsonLines(found);
      else if (found.length === 0) process.stdout.write('No outcome is unknown.\n');
      else {
        process.stdout.write(`${limited(formatTable(found, columns(Date.now()), shown), shown)}\n`);
        process.stderr.write(`\n${callOf('unknown show RECORD', access)}\n`);
      }
      return found.length === 0;
    });
  },
});

const columns = (now: number): readonly Column<ListedRecord>[] => [
  { title: 'record', value: ({ id }) => id },
  { title: 'subject', value: ({ subject = '' }) => subject },
  { title: 'since', value: ({ since }) => relativeTime(since, now) },
];
