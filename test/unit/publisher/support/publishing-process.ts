import { appendFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../../../contract/clock.ts';
import { systemRandom } from '../../../../contract/random.ts';
import { journalFile } from '../../../../publisher/journal/journal-file.ts';
import { publishTo } from '../../../../publisher/publish.ts';
import type { Topic } from '../../../../publisher/topic/topic.ts';
import { orders, toLines } from './orders.ts';

/** Publishes 300 orders to a file, its second argument, with the journal of its first. Prints how it ended. */
const [journal = '', accepted = ''] = process.argv.slice(2);
const topic: Topic = {
  arn: 'arn:aws:sns:eu-west-1:123456789012:orders.fifo',
  async publishBatch(entries) {
    await sleep(1 + systemRandom.next() * 5);
    appendFileSync(accepted, entries.map(({ line }) => `${line}\n`).join(''));
    return entries.map(() => 'accepted');
  },
};
// A clock that runs fast: the journal is written again and again.
let now = systemClock.now();
const clock = {
  now: () => {
    now += 100;
    return now;
  },
  sleep: (ms: number) => sleep(ms),
};

process.stdout.write('started\n');
await publishTo(topic, toLines(orders(300, 7)), { journal: journalFile(journal), clock }).then(
  () => process.stdout.write('published\n'),
  (error) => process.stdout.write(`${error.code ?? error}\n`),
);
