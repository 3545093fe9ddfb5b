import { canonicalJson } from '../../contract/event/canonical-json.ts';
import type { Entry } from '../../publisher/index.ts';
import { sendInOrder } from '../../publisher/index.ts';
import type { JournalStorage } from '../../publisher/journal/journal-file.ts';
import { publishTo } from '../../publisher/publish.ts';
import type { FifoTopic } from '../broker/topic.ts';
import type { Extra, PlannedEvent } from '../workloads/planned-event.ts';
import { VirtualProcess } from '../world/virtual-process.ts';
import type { World } from '../world/world.ts';

/** Longest pause before an ended publisher restarts, in ms. */
const longestPause = 120_000;

/**
 * Runs the real publisher until every event is published. When its process ends or gives up, another one continues from
 * the journal.
 */
export function publishAll(world: World, topic: FifoTopic, events: readonly PlannedEvent[]): void {
  let journal: string | undefined;
  let runs = 0;
  const start = () => {
    runs += 1;
    const process = new VirtualProcess(world, `publisher/${runs}`);
    const again = (why: string) => {
      process.end(why);
      world.scheduler.after(world.chance.below(longestPause), start);
    };
    process.onEnd = (why) => {
      world.faults.count('publisher killed');
      again(why);
    };
    const storage: JournalStorage = {
      name: 'journal',
      read: () => process.local('read the journal', () => journal),
      write: (text, check) =>
        process.local('write the journal', () => {
          check(journal);
          journal = text;
        }),
    };
    const { clock, random } = process;
    publishTo(topic.seenBy(process), linesOf(events, process), { journal: storage, clock, random }).then(
      ({ events: count }) => {
        process.onEnd = () => {};
        world.note(process.name, `published ${count} events`);
      },
      (error: Error) => {
        process.onEnd = () => {};
        again(`stops: ${error.message}`);
      },
    );
  };
  start();
}

async function* linesOf(events: readonly PlannedEvent[], { clock }: VirtualProcess): AsyncGenerator<string> {
  for (const { event, gap } of events) {
    await clock.sleep(gap);
    yield canonicalJson(event);
  }
}

/** Sends duplicates, conflicts and invalid bodies, without the publisher's checks. */
export function sendExtra(world: World, topic: FifoTopic, extra: Extra): void {
  const process = new VirtualProcess(world, `sender of ${extra.kind}`);
  world.faults.count(extra.kind);
  const { clock, random } = process;
  const { body, group: messageGroup, deduplicationId } = extra;
  const entry: Entry = { line: 1, body, messageGroup, deduplicationId, firstPublished: clock.now() };
  // If its process dies, the message may be sent or not; no rule depends on it.
  sendInOrder([entry], topic.seenBy(process), { clock, random }).catch((error: Error) =>
    world.note(process.name, `stops: ${error.message}`),
  );
}
