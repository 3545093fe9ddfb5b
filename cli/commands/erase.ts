import { isLetterKey } from '../../contract/record/attention.ts';
import { partsOfArn } from '../../operations/access/connect.ts';
import { type Erasure, eraseRecord } from '../../operations/erase/erase-subject.ts';
import { CannotLookError } from '../../operations/errors.ts';
import { getRecords, keysOfSubject } from '../../operations/records/find-records.ts';
import type { SeenRecord } from '../../operations/records/record.ts';
import { type AccessOptions, withInstallation } from '../options/access.ts';
import { decisionOf, decisionOptions, readReason } from '../options/decision.ts';
import { confirm } from '../output/confirm.ts';
import { printJsonLines } from '../output/json-lines.ts';
import { type Command, makeCommand } from './command.ts';
import { takeWords } from './words.ts';

interface EraseOptions {
  readonly access: AccessOptions;
  readonly subject: string;
  readonly reason: string;
  readonly yes: boolean;
}

export const erase: Command = makeCommand<EraseOptions>({
  call: 'erase SUBJECT',
  help: 'remove the personal data of a subject from records',
  says: `Removes body, result, error and subject from the
finished records of a subject. The records stay, so no
event is applied again. It lists what it cannot reach.
Exit code 1: something is left.`,
  options: decisionOptions,
  writes: true,
  examples: ["erase 4711 --reason 'request of 3 May'"],
  read(line) {
    const [subject] = takeWords('erase', line.words, 'SUBJECT');
    return {
      access: line.access,
      subject,
      reason: readReason('erase', line),
      yes: line.values.yes === true,
    };
  },
  async act({ access, subject, reason, yes }) {
    return await withInstallation(access, async (aws, { stack, consumers }) => {
      const tables = [...new Set(consumers.map(({ records }) => partsOfArn(records).name))];
      const found: { readonly table: string; readonly record: SeenRecord }[] = [];
      for (const table of tables) {
        const keys = await keysOfSubject(aws.dynamoDb, table, subject);
        if (keys === undefined) {
          throw new CannotLookError(
            `The record table of "${stack}" cannot find subjects: set findBySubject of the RecordTable, and deploy`,
          );
        }
        for (const record of await getRecords(aws.dynamoDb, table, keys)) found.push({ table, record });
      }
      const events = found.filter(({ record }) => !isLetterKey(record.id));
      const letters = found.length - events.length;
      process.stderr.write(
        `${subject}: ${plural(events.length, 'record')} and ${plural(letters, 'dead letter')}.\n`,
      );
      if (
        events.length > 0 &&
        !(await confirm(`Remove what ${plural(events.length, 'record')} keep of it?`, yes))
      ) {
        process.stderr.write('Nothing was removed.\n');
        return true;
      }
      const counts: Record<Erasure, number> = { erased: 0, unfinished: 0, changed: 0 };
      for (const { table, record } of events) {
        const erasure = await eraseRecord(aws.dynamoDb, table, record, decisionOf('erased', reason));
        counts[erasure] += 1;
        if (access.json) printJsonLines([{ record: record.id, status: record.status, erasure }]);
        else process.stdout.write(`${erasure.padEnd(10)} ${record.id} (${record.status})\n`);
      }
      const left = counts.unfinished + counts.changed + letters;
      const reach = [
        ...(counts.unfinished > 0
          ? [
              `${plural(counts.unfinished, 'record')} of events that are not finished: settle them first (explain ${subject})`,
            ]
          : []),
        ...(letters > 0 ? [`${plural(letters, 'dead letter')}: redrive or drop them (dlq ls)`] : []),
        'the tables of your consumers, logs, and files of events, which this command does not know',
      ];
      process.stderr.write(
        `Erased ${counts.erased}. Not reached:\n${reach.map((one) => `- ${one}`).join('\n')}\n`,
      );
      return left === 0;
    });
  },
});

function plural(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
