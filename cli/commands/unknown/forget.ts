import { ConfigurationError } from '../../../contract/errors.ts';
import { partsOfArn } from '../../../operations/access/connect.ts';
import { type Forgetting, forgetBody } from '../../../operations/erase/forget-body.ts';
import { type ListedRecord, listAttention } from '../../../operations/records/list-attention.ts';
import { wholeNumber } from '../../../system/arguments.ts';
import { type AccessOptions, withInstallation } from '../../options/access.ts';
import { decisionOf, decisionOptions, readReason } from '../../options/decision.ts';
import { confirm } from '../../output/confirm.ts';
import { printJsonLines } from '../../output/json-lines.ts';
import { type Command, makeCommand } from '../command.ts';

interface ForgetOptions {
  readonly access: AccessOptions;
  /** Days since the outcome became unknown. */
  readonly olderThan: number;
  readonly reason: string;
  readonly yes: boolean;
}

const day = 86_400_000;

export const forget: Command = makeCommand<ForgetOptions>({
  call: 'unknown forget',
  help: 'remove the bodies that old unknown outcomes keep',
  says: `Removes body and message attributes from the records of
outcomes that have been unknown for longer. The outcomes
stay unknown, and can be decided with --done and
--abandon. Run it every day, and bodies have a time limit.`,
  options: {
    'older-than': { value: 'DAYS', help: 'days since the outcome became unknown, 1 or more' },
    ...decisionOptions,
  },
  writes: true,
  examples: ["unknown forget --older-than 90 --reason 'bodies are kept for 90 days' --yes"],
  read(line) {
    const olderThan = line.text('older-than');
    if (olderThan === undefined) {
      throw new ConfigurationError('unknown forget needs --older-than: for how many days bodies are kept');
    }
    return {
      access: line.access,
      olderThan: wholeNumber('older-than', olderThan, 1),
      reason: readReason('unknown forget', line),
      yes: line.values.yes === true,
    };
  },
  async act({ access, olderThan, reason, yes }) {
    return await withInstallation(access, async ({ dynamoDb }, { consumers }) => {
      const before = Date.now() - olderThan * day;
      const old: { readonly table: string; readonly record: ListedRecord }[] = [];
      for (const { consumer, records } of consumers) {
        const table = partsOfArn(records).name;
        for await (const record of listAttention(dynamoDb, {
          table,
          consumer,
          states: ['OUTCOME_UNKNOWN'],
        })) {
          // The oldest come first.
          if (record.since >= before) break;
          old.push({ table, record });
        }
      }
      if (old.length === 0) {
        process.stderr.write(`No outcome has been unknown for more than ${olderThan} days.\n`);
        return true;
      }
      const question = `Remove what the records of ${old.length} unknown outcomes keep of their events? Afterwards none of them can be sent again.`;
      if (!(await confirm(question, yes))) {
        process.stderr.write('Nothing was removed.\n');
        return true;
      }
      const counts: Record<Forgetting, number> = { forgotten: 0, 'nothing-kept': 0, changed: 0 };
      for (const { table, record } of old) {
        const forgetting = await forgetBody(dynamoDb, table, record, decisionOf('forgotten', reason));
        counts[forgetting] += 1;
        if (access.json) printJsonLines([{ record: record.id, forgetting }]);
        else process.stdout.write(`${forgetting.padEnd(12)} ${record.id}\n`);
      }
      process.stderr.write(
        `${counts.forgotten} bodies were removed; ${counts['nothing-kept']} records had none, and ${counts.changed} changed meanwhile.\n`,
      );
      return true;
    });
  },
});
