import { ConfigurationError } from '../../../contract/errors.ts';
import { type ReasonCode, reasonCodes } from '../../../contract/reporting/reason-codes.ts';
import { commandOf } from '../../../operations/explain/next-command.ts';
import { consumerNamed } from '../../../operations/installation/find-installation.ts';
import { type Letter, listLetters } from '../../../operations/letters/list-letters.ts';
import { isSelected, type Selection } from '../../../operations/letters/select-letters.ts';
import { type AccessOptions, withInstallation } from '../../options/access.ts';
import { callOf, type Place } from '../../output/call.ts';
import { printJsonLines } from '../../output/json-lines.ts';
import { limited, type Terminal, terminal } from '../../output/terminal.ts';
import { wrap } from '../../output/wrap.ts';
import { type Command, makeCommand } from '../command.ts';
import { takeWords } from '../words.ts';
import { readSelection, selectionOptions } from './selection.ts';

interface ShowOptions {
  readonly access: AccessOptions;
  readonly consumer: string;
  readonly selection: Selection;
}

/** More letters than a person reads. `dlq ls` lists them all. */
const most = 10;

export const show: Command = makeCommand<ShowOptions>({
  call: 'dlq show CONSUMER',
  help: 'show what is known of some letters',
  says: `Shows the reason of letters, and what to do about it,
from the records: no message is received or hidden.`,
  options: selectionOptions,
  examples: ['dlq show fulfilment --event 7f0c1d'],
  read(line) {
    const [consumer] = takeWords('dlq show', line.words, 'CONSUMER');
    return { access: line.access, consumer, selection: readSelection(line) };
  },
  async act({ access, consumer, selection }) {
    return await withInstallation(access, async (aws, installation) => {
      const described = consumerNamed(installation, consumer);
      const found: Letter[] = [];
      for await (const letter of listLetters(aws.dynamoDb, described)) {
        if (!isSelected(letter, selection)) continue;
        found.push(letter);
        if (found.length === most) break;
      }
      if (found.length === 0) {
        throw new ConfigurationError(
          `No letter of ${consumer} is like that: npx order-once dlq ls ${consumer} lists them`,
        );
      }
      const shown = terminal(process.stdout, access.all);
      if (access.json) printJsonLines(found);
      else
        process.stdout.write(
          `${limited(found.map((letter) => paragraph(letter, consumer, shown, access)).join('\n\n'), shown)}\n`,
        );
      return false;
    });
  },
});

function paragraph(letter: Letter, consumer: string, { width, colors }: Terminal, place: Place): string {
  const { whatToDo = 'Fix the cause, deploy, and redrive.' } = reasonCodes[letter.code as ReasonCode] ?? {};
  const rows: readonly (readonly [name: string, value: string | undefined])[] = [
    ['reason', letter.reason],
    ['to do', whatToDo],
    ['subject', letter.subject],
    ['source', letter.source],
    ['group', letter.messageGroup],
    ['since', new Date(letter.since).toISOString()],
    ['record', letter.record],
    ['letter', letter.letter],
  ];
  const lines = rows.flatMap(([name, value]) =>
    value === undefined ? [] : [wrap(`${name}: ${value}`, width, '  ')],
  );
  return [
    colors.bold(`${letter.eventId ?? letter.letter}: ${letter.code}`),
    ...lines,
    callOf(commandOf('dlq', 'plan', consumer, '--record', letter.record), place),
    callOf(`${commandOf('dlq', 'drop', consumer, '--record', letter.record)} --reason TEXT`, place),
  ].join('\n');
}
