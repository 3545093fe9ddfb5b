import { checkConsumer } from '../../operations/doctor/check-consumer.ts';
import { checkNames } from '../../operations/doctor/check-names.ts';
import { checkTopic } from '../../operations/doctor/check-topic.ts';
import type { Complaint } from '../../operations/doctor/examination.ts';
import { type AccessOptions, withInstallation } from '../options/access.ts';
import { printJsonLines } from '../output/json-lines.ts';
import { limited, type Terminal, terminal } from '../output/terminal.ts';
import { wrap } from '../output/wrap.ts';
import { type Command, makeCommand } from './command.ts';
import { takeWords } from './words.ts';

export const doctor: Command = makeCommand<{ readonly access: AccessOptions }>({
  call: 'doctor',
  help: 'check everything that the promise rests on',
  says: `Checks topic, subscriptions, mappings, queues, record
tables, alarms and names, and says how to correct what
is wrong. It changes nothing. Exit code 1: something is.`,
  options: {},
  examples: ['doctor', 'doctor --stack Loyalty --json'],
  read({ words, access }) {
    takeWords('doctor', words);
    return { access };
  },
  async act({ access }) {
    return await withInstallation(access, async (aws, { stack, region, consumers }) => {
      const topics = new Set(consumers.map(({ topic }) => topic));
      const found = (
        await Promise.all([
          ...[...topics].map((topic) => checkTopic(aws, topic)),
          ...consumers.map((consumer) => checkConsumer(aws, consumer)),
          checkNames(aws, consumers),
        ])
      ).flat();
      const shown = terminal(process.stdout, access.all);
      if (access.json) printJsonLines(found);
      else {
        const text = found.map((one) => paragraph(one, shown)).join('\n');
        if (text !== '') process.stdout.write(`${limited(text, shown)}\n\n`);
        const names = consumers.map(({ consumer }) => consumer).join(', ');
        process.stderr.write(
          `${stack} in ${region}, consumers ${names}: ${found.length === 0 ? 'all is well' : `${found.length} to correct`}.\n`,
        );
      }
      return found.length === 0;
    });
  },
});

function paragraph({ consumer, part, problem, fix }: Complaint, { width, colors }: Terminal): string {
  const where = consumer === undefined ? part : `${consumer}, ${part}`;
  return [colors.red(`! ${where}`), wrap(`${problem}.`, width, '  '), wrap(`Fix: ${fix}.`, width, '  ')].join(
    '\n',
  );
}
