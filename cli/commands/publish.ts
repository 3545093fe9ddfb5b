import { ConfigurationError } from '../../contract/errors.ts';
import type { Installation } from '../../operations/installation/find-installation.ts';
import { readLines } from '../../publisher/input/lines.ts';
import { publish as publishLines } from '../../publisher/publish.ts';
import { readMaxEventSize } from '../../publisher/topic/read-max-event-size.ts';
import { filled, oneOf } from '../../system/arguments.ts';
import { onShutdown } from '../../system/teardown.ts';
import { type AccessOptions, withInstallation } from '../options/access.ts';
import { confirm } from '../output/confirm.ts';
import { type Command, makeCommand } from './command.ts';
import { takeWords } from './words.ts';

const deduplications = ['content', 'event'] as const;

interface PublishOptions {
  readonly access: AccessOptions;
  readonly file: string;
  readonly journal: string | undefined;
  readonly topic: string | undefined;
  readonly deduplication: (typeof deduplications)[number];
  readonly yes: boolean;
}

export const publish: Command = makeCommand<PublishOptions>({
  call: 'publish FILE',
  help: 'publish a file of events, one a line',
  says: `Publishes events in the order of their groups. With a
journal, an interrupted run goes on where it stopped.`,
  options: {
    journal: { value: 'FILE', help: 'remembers what was published' },
    topic: { value: 'ARN', help: 'the topic', default: "the stack's only one" },
    deduplication: {
      value: 'WHAT',
      help: 'content or event: what the broker takes for a repeat',
      default: 'content',
    },
    yes: { value: '', help: 'do not ask' },
  },
  writes: true,
  examples: ['publish orders.ndjson --journal orders.journal'],
  read(line) {
    const [file] = takeWords('publish', line.words, 'FILE');
    return {
      access: line.access,
      file,
      journal: filled('journal', line.text('journal')),
      topic: line.text('topic'),
      deduplication: oneOf(deduplications, 'deduplication', line.text('deduplication') ?? 'content'),
      yes: line.values.yes === true,
    };
  },
  async act({ access, file, journal, topic, deduplication, yes }) {
    return await withInstallation(access, async (aws, installation) => {
      const topicArn = topic ?? onlyTopic(installation);
      if (!(await confirm(`Publish ${file} to ${topicArn}?`, yes))) {
        process.stderr.write('Nothing was published.\n');
        return true;
      }
      const stopping = new AbortController();
      const forget = onShutdown(async () =>
        stopping.abort(new ConfigurationError('The publication was stopped')),
      );
      try {
        const { events, skipped, requests, retries } = await publishLines(readLines(file), {
          topicArn,
          client: aws.sns,
          journal,
          deduplication,
          maxEventSize: await readMaxEventSize(aws.sns, topicArn),
          signal: stopping.signal,
        });
        const known = skipped > 0 ? `, ${skipped} were published before` : '';
        process.stdout.write(
          `Published ${events} events${known} (${requests} requests, ${retries} retries)\n`,
        );
      } finally {
        forget();
      }
      return true;
    });
  },
});

function onlyTopic({ stack, consumers }: Installation): string {
  const topics = [...new Set(consumers.map(({ topic }) => topic))];
  const [only] = topics;
  if (only !== undefined && topics.length === 1) return only;
  throw new ConfigurationError(
    `The consumers of "${stack}" listen to ${topics.length} topics: give one with --topic. They are ${topics.join(', ')}`,
  );
}
