import { ConfigurationError } from '../../contract/errors.ts';
import { diagnose } from '../../operations/explain/diagnose.ts';
import type { AskedEvent } from '../../operations/explain/facts.ts';
import { type Finding, urgencyOf } from '../../operations/explain/finding.ts';
import { gatherFacts } from '../../operations/explain/gather-facts.ts';
import { readAskedEvents } from '../../operations/explain/read-asked-events.ts';
import { chosenConsumers } from '../../operations/installation/find-installation.ts';
import { filled } from '../../system/arguments.ts';
import { type AccessOptions, withInstallation } from '../options/access.ts';
import { formatFindings } from '../output/findings.ts';
import { printJsonLines } from '../output/json-lines.ts';
import { limited, terminal } from '../output/terminal.ts';
import { type Command, makeCommand } from './command.ts';

interface ExplainOptions {
  readonly access: AccessOptions;
  readonly text: string;
  readonly consumer: string | undefined;
  readonly source: string | undefined;
  readonly events: string | undefined;
  readonly journal: string | undefined;
}

export const explain: Command = makeCommand<ExplainOptions>({
  call: 'explain ORDER|EVENT',
  help: 'what became of an order, and what to do',
  says: `Says what became of an order or event at each
consumer, and the next command. It finds events by
their subject (an order's number), by their id with
--source, or by the key of a record. It scans no
table, searches no log and receives no message.
Exit code 1: something needs a person.`,
  options: {
    consumer: { value: 'NAME', help: 'only this consumer', default: 'all' },
    source: { value: 'SOURCE', help: 'the source of the event with this id' },
    events: { value: 'FILE', help: 'the file of events that was published' },
    journal: { value: 'FILE', help: 'the journal of its publication' },
  },
  examples: [
    'explain 4711',
    'explain 7f0c1d --source /shop',
    'explain 4711 --events orders.ndjson --journal orders.journal',
  ],
  read({ words: [text, ...others], access, text: option }) {
    if (text === undefined || text.trim() === '' || others.length > 0) {
      throw new ConfigurationError(
        `explain takes one order or event, and got ${others.length + (text?.trim() ? 1 : 0)}: npx order-once explain 4711`,
      );
    }
    const events = filled('events', option('events'));
    const journal = filled('journal', option('journal'));
    if (journal !== undefined && events === undefined) {
      throw new ConfigurationError('--journal needs the file that was published: give it with --events');
    }
    return { access, text, consumer: option('consumer'), source: option('source'), events, journal };
  },
  async act({ access, text, consumer, source, events, journal }) {
    const asked: AskedEvent[] = events === undefined ? [] : await readAskedEvents({ events, journal }, text);
    return await withInstallation(access, async (aws, installation) => {
      const consumers = chosenConsumers(installation, consumer);
      const facts = await gatherFacts(aws, { consumers }, { text, source, asked });
      const now = Date.now();
      const found: Finding[] = facts.flatMap((one) => diagnose(one, text, now));
      const shown = terminal(process.stdout, access.all);
      if (access.json) printJsonLines(found.map((one) => ({ ...one, urgency: urgencyOf(one) })));
      else process.stdout.write(`${limited(formatFindings(text, found, now, shown, access), shown)}\n`);
      return found.every((one) => urgencyOf(one) !== 'act');
    });
  },
});
