import { partsOfArn } from '../../../operations/access/connect.ts';
import { commandOf } from '../../../operations/explain/next-command.ts';
import { chosenConsumers } from '../../../operations/installation/find-installation.ts';
import type { ListedRecord } from '../../../operations/records/list-attention.ts';
import { listBlocked } from '../../../operations/records/list-blocked.ts';
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
  call: 'blocked ls [CONSUMER]',
  help: 'list the groups that wait behind poison',
  says: `Lists the messages that block their groups, the oldest
first. Exit code 1: there are some.`,
  options: {},
  examples: ['blocked ls', 'blocked ls billing'],
  read: ({ words: [consumer], access }) => ({ access, consumer }),
  async act({ access, consumer }) {
    return await withInstallation(access, async (aws, installation) => {
      const consumers = chosenConsumers(installation, consumer);
      const found: ListedRecord[] = [];
      for (const one of consumers) {
        const place = { table: partsOfArn(one.records).name, consumer: one.consumer };
        for await (const entry of listBlocked(aws.dynamoDb, place)) found.push(entry);
      }
      const shown = terminal(process.stdout, access.all);
      if (access.json) printJsonLines(found);
      else if (found.length === 0) process.stdout.write('No group is blocked.\n');
      else process.stdout.write(`${limited(formatTable(found, columns(Date.now()), shown), shown)}\n`);
      const [first] = found;
      if (first !== undefined) {
        const skip = commandOf('blocked', 'skip', first.consumer, first.messageGroup ?? '');
        process.stderr.write(`\n${callOf(skip, access)} --reason TEXT\n`);
      }
      return found.length === 0;
    });
  },
});

const columns = (now: number): readonly Column<ListedRecord>[] => [
  { title: 'consumer', value: ({ consumer }) => consumer },
  { title: 'group', value: ({ messageGroup = '' }) => messageGroup },
  { title: 'event', value: ({ eventId, id }) => eventId ?? id },
  { title: 'since', value: ({ since }) => relativeTime(since, now) },
  { title: 'why', value: ({ lastError = '' }) => lastError },
];
