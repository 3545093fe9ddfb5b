import type { ConsumerDescription } from '../../../contract/consumer-description.ts';
import { ConfigurationError } from '../../../contract/errors.ts';
import { idempotencyKey } from '../../../contract/event/identity.ts';
import type { ReasonCode } from '../../../contract/reporting/reason-codes.ts';
import { type Aws, partsOfArn } from '../../../operations/access/connect.ts';
import { consumerNamed } from '../../../operations/installation/find-installation.ts';
import { readQueue } from '../../../operations/installation/read-path.ts';
import { decideDrop, recordDrop } from '../../../operations/letters/letter-records.ts';
import { type Letter, listLetters } from '../../../operations/letters/list-letters.ts';
import { moveLetters } from '../../../operations/letters/move-letters.ts';
import { isSelected, type Selection } from '../../../operations/letters/select-letters.ts';
import { getRecords } from '../../../operations/records/find-records.ts';
import { isLost } from '../../../operations/records/standing.ts';
import { type AccessOptions, withInstallation } from '../../options/access.ts';
import { decisionOf, decisionOptions, readReason } from '../../options/decision.ts';
import { confirm } from '../../output/confirm.ts';
import { limited, terminal } from '../../output/terminal.ts';
import { type Command, makeCommand } from '../command.ts';
import { takeWords } from '../words.ts';
import { formatLetters } from './letter-lines.ts';
import { readSelection, selectionOptions } from './selection.ts';

interface DropOptions {
  readonly access: AccessOptions;
  readonly consumer: string;
  readonly selection: Selection;
  readonly yes: boolean;
  readonly reason: string;
}

export const drop: Command = makeCommand<DropOptions>({
  call: 'dlq drop CONSUMER',
  help: 'delete letters that nobody needs any more',
  says: `Deletes letters for good, after it has shown them.
Who did it, when and why stays in the records.`,
  options: {
    ...selectionOptions,
    ...decisionOptions,
  },
  writes: true,
  examples: ["dlq drop fulfilment --event 7f0c1d --reason 'published again as 8a11e0'"],
  read(line) {
    const [consumer] = takeWords('dlq drop', line.words, 'CONSUMER');
    const selection = readSelection(line);
    if (Object.values(selection).every((value) => value === undefined)) {
      throw new ConfigurationError(
        'dlq drop needs to know which letters: give --event, --record, --subject, --group or --code',
      );
    }
    const reason = readReason('dlq drop', line);
    return { access: line.access, consumer, selection, reason, yes: line.values.yes === true };
  },
  async act({ access, consumer, selection, yes, reason }) {
    return await withInstallation(access, async (aws, installation) => {
      const described = consumerNamed(installation, consumer);
      const chosen = new Map<string, Letter>();
      for await (const letter of listLetters(aws.dynamoDb, described)) {
        if (isSelected(letter, selection)) chosen.set(letter.letter, letter);
      }
      if (chosen.size === 0) {
        process.stderr.write(`No letter of ${consumer} is chosen: nothing to do.\n`);
        return true;
      }
      await refuseNeeded(aws, described, [...chosen.values()]);
      const shown = terminal(process.stdout, access.all);
      process.stdout.write(`${limited(formatLetters([...chosen.values()], Date.now(), shown), shown)}\n`);
      if (
        !(await confirm(
          `Delete ${chosen.size === 1 ? 'this letter' : `these ${chosen.size} letters`} for good?`,
          yes,
        ))
      ) {
        process.stderr.write('Nothing was deleted.\n');
        return true;
      }
      const { url, retentionSeconds } = await readQueue(aws.sqs, described.deadLetterQueue);
      const decision = decisionOf('dropped', reason);
      const table = partsOfArn(described.records).name;
      const { moved, stuck } = await moveLetters({
        client: aws.sqs,
        deadLetterQueueUrl: url,
        wanted: new Set(chosen.keys()),
        passesOthers: true,
        move: async (_, id) => await decideDrop(aws.dynamoDb, table, chosen.get(id) as Letter, decision),
        moved: async (id) => void (await recordDrop(aws.dynamoDb, table, chosen.get(id) as Letter, decision)),
        room: async () => {},
      });
      const terms = { now: Date.now(), deadLetterRetentionSeconds: retentionSeconds };
      // Only their entries are left: the queue has deleted them, or a run that was killed before it wrote so.
      const lost = [...chosen.values()].filter(
        ({ letter, since, messageGroup }) =>
          !moved.has(letter) && (isLost(since, terms) || !stuck.has(messageGroup)),
      );
      for (const letter of lost) await recordDrop(aws.dynamoDb, table, letter, decision);
      const left = chosen.size - moved.size - lost.length;
      process.stderr.write(
        `Deleted ${moved.size + lost.length}.${left === 0 ? '' : ` ${left} ${left === 1 ? 'was' : 'were'} not reached, behind other letters of the group: drop or redrive those first.`}\n`,
      );
      return left === 0;
    });
  },
});

/**
 * A copy that keeps the body of an unknown outcome is the only one. It may go once the outcome is decided.
 * @throws ConfigurationError that names the record.
 */
async function refuseNeeded(
  aws: Aws,
  { consumer, records }: ConsumerDescription,
  letters: readonly Letter[],
) {
  const keepsBody: ReasonCode = 'BODY_KEPT';
  for (const { code, source = '', eventId = '' } of letters) {
    if (code !== keepsBody) continue;
    const key = idempotencyKey(consumer, { source, id: eventId });
    const [record] = await getRecords(aws.dynamoDb, partsOfArn(records).name, [key]);
    if (record !== undefined && record.status !== 'OUTCOME_UNKNOWN') continue;
    throw new ConfigurationError(
      `The letter of ${eventId} keeps the only body of an unknown outcome (${keepsBody}). Decide it first: npx order-once unknown ls ${consumer}`,
    );
  }
}
