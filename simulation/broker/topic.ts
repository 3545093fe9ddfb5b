import { sha256 } from '../../contract/event/identity.ts';
import { type EntryResult, TopicError } from '../../publisher/index.ts';
import { type Entry, messageAttributes } from '../../publisher/topic/entry.ts';
import type { Topic } from '../../publisher/topic/topic.ts';
import type { VirtualProcess } from '../world/virtual-process.ts';
import type { World } from '../world/world.ts';
import type { FifoQueue } from './fifo-queue.ts';
import { DeduplicationWindow, type Letter } from './message.ts';
import { producedAttributes } from './produced-attributes.ts';

/** Longest delay of a subscription, in ms. */
const longestDelay = 900_000;

/** An SNS FIFO topic with content-based deduplication; raw delivery to its queues, each in the topic's order. */
export class FifoTopic {
  /** Is told when a body is accepted that the topic never had before. */
  onFirst: (body: string) => void = () => {};
  readonly #world: World;
  readonly #queues: readonly FifoQueue[];
  readonly #window = new DeduplicationWindow();
  readonly #accepted = new Set<string>();
  /** By queue: arrival time of the last message. */
  readonly #lastArrival = new Map<FifoQueue, number>();

  constructor(world: World, queues: readonly FifoQueue[]) {
    this.#world = world;
    this.#queues = queues;
  }

  /** The topic's client for a process. */
  seenBy(process: VirtualProcess): Topic {
    const failed = (code: string) => () => {
      throw new TopicError(code, 'no answer', false);
    };
    return {
      arn: 'arn:aws:sns:eu-west-1:123456789012:orders.fifo',
      publishBatch: (entries) =>
        process.call(
          `publish ${entries.length}: ${entries.map(({ messageGroup }) => messageGroup).join(' ')}`,
          () => entries.map((entry) => this.#publish(entry)),
          { lost: failed('TimeoutError'), throttled: failed('Throttled') },
        ),
    };
  }

  #publish(entry: Entry): EntryResult {
    const { faults, now } = this.#world;
    if (faults.strikes('entry refused for now', entry.messageGroup)) {
      return new TopicError('InternalError', 'try again', false);
    }
    const id = entry.deduplicationId ?? sha256(entry.body);
    if (this.#window.swallows(id, now)) {
      this.#world.note('topic', `swallows line ${entry.line}`);
      return 'accepted';
    }
    if (!this.#accepted.has(entry.body)) {
      this.#accepted.add(entry.body);
      this.onFirst(entry.body);
    }
    const letter = {
      body: entry.body,
      group: entry.messageGroup,
      deduplicationId: id,
      attributes: {
        ...producedAttributes(entry.body),
        ...Object.fromEntries(
          Object.entries(messageAttributes(entry)).map(([name, { type, value }]) => [
            name,
            { dataType: type as 'Number', stringValue: value },
          ]),
        ),
      },
    };
    for (const queue of this.#queues) this.#deliver(queue, letter);
    return 'accepted';
  }

  #deliver(queue: FifoQueue, letter: Letter): void {
    const { faults, chance, scheduler, now } = this.#world;
    const late = faults.strikes('late subscription', queue.name) ? chance.below(longestDelay) : 0;
    const time = Math.max(this.#lastArrival.get(queue) ?? 0, now + this.#world.latency() + late);
    // One millisecond later, because steps of the same millisecond run in random order.
    this.#lastArrival.set(queue, time + 1);
    scheduler.at(time, () => {
      if (!queue.send(letter)) this.#world.note(queue.name, 'swallows a message of the topic');
    });
  }
}
