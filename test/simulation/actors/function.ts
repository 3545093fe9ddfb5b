import { parseOrderEvent } from '../../../contract/order-event.ts';
import { leastMaxReceiveCount } from '../../../contract/retrying.ts';
import { createConsumer } from '../../../runtime/index.ts';
import type { Wiring } from '../../../runtime/wiring.ts';
import { EventSource } from '../broker/event-source.ts';
import { FifoQueue } from '../broker/fifo-queue.ts';
import { deletedAtRetention } from '../oracle/retention.ts';
import type { RecordWatch, RunStore } from '../ports/store.ts';
import { wiringOf } from '../ports/wiring.ts';
import { VirtualProcess } from '../world/virtual-process.ts';
import type { World } from '../world/world.ts';
import type { Part } from './part.ts';

export interface FunctionOptions {
  readonly name: string;
  readonly part: (process: VirtualProcess) => Part;
  readonly store: RunStore;
  readonly recordTtlSeconds: number;
  readonly onPoison: Wiring['onPoison'];
  /** In ms. */
  readonly timeout: number;
  readonly concurrency: number;
  readonly output: (line: string, process: VirtualProcess) => void;
  readonly onDelivery: () => void;
  readonly wrote: RecordWatch;
  readonly onReturn: (process: VirtualProcess) => void;
}

/** Of the function's timeout, as synthesis demands it. */
const visibilityPerTimeout = 6;

/** A deployed consumer: its queue, its dead-letter queue, and the processes of its function. */
export class ConsumerFunction {
  readonly name: string;
  readonly queue: FifoQueue;
  readonly deadLetters: FifoQueue;
  readonly #source: EventSource;
  #timeout: number;

  constructor(world: World, options: FunctionOptions) {
    const { name, store, recordTtlSeconds, output } = options;
    this.name = name;
    this.#timeout = options.timeout;
    const visibilityTimeoutSeconds = (visibilityPerTimeout * options.timeout) / 1000;
    const receiving = { batchSize: 10, visibilityTimeout: visibilityTimeoutSeconds, toleratedOutage: 86_400 };
    this.deadLetters = new FifoQueue(world, `${name}-dlq`, { visibilityTimeoutSeconds: 30 });
    this.queue = new FifoQueue(world, name, {
      visibilityTimeoutSeconds,
      deadLetters: this.deadLetters,
      maxReceiveCount: leastMaxReceiveCount(receiving),
    });
    const holders = new Map<string, VirtualProcess>();
    this.queue.onDeletion = (message) => {
      const { queue, deadLetters } = this;
      deletedAtRetention(world, { message, queue, deadLetters, holder: holders.get(message.id) });
    };
    this.#source = new EventSource(world, {
      queue: this.queue,
      concurrency: options.concurrency,
      timeout: () => this.#timeout,
      onDelivery: ({ messageId }, process) => {
        holders.set(messageId, process);
        options.onDelivery();
      },
      onReturn: options.onReturn,
      start: (ordinal) => {
        const process = new VirtualProcess(world, `${name}/${ordinal}`, skewOf(world, name));
        const { queue, deadLetters } = this;
        const wiring = wiringOf(process, {
          queue,
          deadLetters,
          store,
          recordTtlSeconds,
          onPoison: options.onPoison,
          output: (line) => output(line, process),
          wrote: options.wrote,
        });
        const part = options.part(process) as Extract<Part, { guarantee: { kind: 'external' } }>;
        return {
          process,
          busy: false,
          handle: createConsumer({ name, parse: parseOrderEvent, ...part }, wiring),
        };
      },
    });
  }

  /** New processes, whose invocations last that long, in ms; the queue's visibility timeout goes with them. */
  deploy(timeout: number): void {
    this.#timeout = timeout;
    this.queue.visibilityTimeoutSeconds = (visibilityPerTimeout * timeout) / 1000;
    this.#source.redeploy();
  }
}

/** Two clocks may be 5 s apart: each is at most half of that off. */
const allowedOffset = 2500;
const wildOffset = 3 * 3_600_000;

/** How far a process's clock is ahead, in ms. */
export function skewOf({ faults, chance }: World, name: string): number {
  if (faults.strikes('clock off by hours', name)) return chance.between(-wildOffset, wildOffset);
  if (faults.strikes('clock skew', name)) return chance.between(-allowedOffset, allowedOffset);
  return 0;
}
