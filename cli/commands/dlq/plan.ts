import { randomUUID } from 'node:crypto';
import { ConfigurationError } from '../../../contract/errors.ts';
import type { ReasonCode } from '../../../contract/reporting/reason-codes.ts';
import { commandOf } from '../../../operations/explain/next-command.ts';
import { consumerNamed } from '../../../operations/installation/find-installation.ts';
import { boundTo } from '../../../operations/letters/apply-plan.ts';
import { listLetters } from '../../../operations/letters/list-letters.ts';
import { writePlan } from '../../../operations/letters/plan.ts';
import {
  type PlannedLetter,
  type Predecessors,
  type Selection,
  selectLetters,
} from '../../../operations/letters/select-letters.ts';
import { filled } from '../../../system/arguments.ts';
import { type AccessOptions, withInstallation } from '../../options/access.ts';
import { callOf } from '../../output/call.ts';
import { printJsonLines } from '../../output/json-lines.ts';
import { limited, terminal } from '../../output/terminal.ts';
import { type Command, makeCommand } from '../command.ts';
import { takeWords } from '../words.ts';
import { formatLetters } from './letter-lines.ts';
import { readSelection, selectionOptions } from './selection.ts';

interface PlanOptions {
  readonly access: AccessOptions;
  readonly consumer: string;
  readonly selection: Selection;
  readonly predecessors: Predecessors;
  readonly asNew: boolean;
  readonly out: string | undefined;
}

export const plan: Command = makeCommand<PlanOptions>({
  call: 'dlq plan CONSUMER',
  help: 'choose letters to send again, and write them to a file',
  says: `Chooses letters to redrive, shows them, and writes
them to a plan. It sends nothing. "dlq apply" then
sends exactly these, in the order of their groups.
A group is taken from its front: letters before a
chosen one must be redriven too, or deferred.`,
  options: {
    ...selectionOptions,
    'with-predecessors': { value: '', help: 'also redrive the letters before them' },
    'defer-predecessors': { value: '', help: "move those to the queue's end" },
    'as-new': { value: '', help: 'send events that are out of their window, and were not applied' },
    out: { value: 'FILE', help: 'the plan', default: 'CONSUMER-ID.plan' },
  },
  examples: [
    'dlq plan fulfilment --code PERMANENT --out fulfilment.plan',
    'dlq plan fulfilment --subject 4711 --with-predecessors',
  ],
  read(line) {
    const [consumer] = takeWords('dlq plan', line.words, 'CONSUMER');
    const also = line.values['with-predecessors'] === true;
    const defers = line.values['defer-predecessors'] === true;
    if (also && defers) {
      throw new ConfigurationError(
        '--with-predecessors and --defer-predecessors exclude each other: give one',
      );
    }
    return {
      access: line.access,
      consumer,
      selection: readSelection(line),
      predecessors: also ? 'with' : defers ? 'defer' : 'refuse',
      asNew: line.values['as-new'] === true,
      out: filled('out', line.text('out')),
    };
  },
  async act({ access, consumer, selection, predecessors, asNew, out: given }) {
    return await withInstallation(access, async (aws, installation) => {
      const described = consumerNamed(installation, consumer);
      const listed = listLetters(aws.dynamoDb, described);
      const { letters: selected, inTheWay } = await selectLetters(listed, selection, predecessors);
      const letters = asNew ? selected.map(sentAsNew) : selected;
      const shown = terminal(process.stdout, access.all);
      if (inTheWay.length > 0) {
        process.stdout.write(`${limited(formatLetters(inTheWay, Date.now(), shown), shown)}\n`);
        throw new ConfigurationError(
          `${inTheWay.length === 1 ? 'This letter stands' : `These ${inTheWay.length} letters stand`} before a chosen one in its group. ` +
            'Redrive them too with --with-predecessors, or move them to the end with --defer-predecessors',
        );
      }
      if (letters.length === 0) {
        process.stderr.write(`No letter of ${consumer} is chosen: nothing to do.\n`);
        return true;
      }
      const id = randomUUID();
      const out = given ?? `${consumer}-${id.slice(0, 8)}.plan`;
      const head = {
        plan: 'order-once/redrive',
        version: 1,
        id,
        made: new Date().toISOString(),
        stack: installation.stack,
        consumer,
        letters: letters.length,
        ...(await boundTo(aws, described)),
      } as const;
      await writePlan(out, head, letters);
      if (access.json) printJsonLines(letters);
      else process.stdout.write(`${limited(formatLetters(letters, Date.now(), shown), shown)}\n`);
      const deferred = letters.filter(({ act }) => act === 'defer').length;
      process.stderr.write(
        `${out} holds ${letters.length - deferred} to send${deferred > 0 ? ` and ${deferred} to defer` : ''}. Nothing was sent yet.\n` +
          `${callOf(commandOf('dlq', 'apply', out), access)}\n`,
      );
      return true;
    });
  },
});

/** @throws ConfigurationError for a letter that is not out of its window: its record knows what became of it. */
function sentAsNew(letter: PlannedLetter): PlannedLetter {
  const outOfWindow: ReasonCode = 'OUT_OF_WINDOW';
  if (letter.act === 'defer') return letter;
  if (letter.code === outOfWindow) return { ...letter, act: 'send-as-new' };
  throw new ConfigurationError(
    `--as-new is only for letters with the code ${outOfWindow}, and ${letter.eventId ?? letter.letter} has ${letter.code}: choose with --code`,
  );
}
