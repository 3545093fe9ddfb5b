import { leastMaxReceiveCount } from '../../contract/policies/retry-policy.ts';
import { createConsumer } from '../../runtime/index.ts';
import type { ConsumerDependencies } from '../../runtime/ports/dependencies.ts';
import { guaranteeNames } from '../../runtime/ports/record-store.ts';
import { EventSource } from '../broker/event-source.ts';
import { FifoQueue } from '../broker/fifo-queue.ts';
import { deletedAtRetention, savedFromDeletion } from '../oracle/retention.ts';
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
  /** When the consumer took over, in ms since the epoch. @default - it has no past */
  readonly historyFrom?: number;
  readonly onPoison: ConsumerDependencies['onPoison'];
  /** Timeout of the function, in ms. */
  readonly timeout: number;
  readonly concurrency: number;
  readonly output: (line: string, process: VirtualProcess) => void;
  readonly onDelivery: (messageId: string) => void;
  readonly wrote: RecordWatch;
  readonly onReturn: (process: VirtualProcess) => void;
}

/** Ratio of the visibility timeout to the function's timeout, as synthesis requires. */
const visibilityPerTimeout = 6;

/** A deployed consumer: its queue, its dead-letter queue, and the processes of its function. */
export class ConsumerFunction {
  readonly name: string;
  readonly queue: FifoQueue;
  readonly deadLetters: FifoQueue;
  readonly #world: World;
  readonly #source: EventSource;
  /** By message id: the processes that received the message, in order. */
  readonly #holders = new Map<string, readonly VirtualProcess[]>();
  #timeout: number;

  constructor(world: World, options: FunctionOptions) {
    const { name, store, recordTtlSeconds, output } = options;
    this.name = name;
    this.#world = world;
    this.#timeout = options.timeout;
    const visibilityTimeoutSeconds = (visibilityPerTimeout * options.timeout) / 1000;
    const receiving = { batchSize: 10, visibilityTimeoutSeconds, toleratedOutageSeconds: 86_400 };
    this.deadLetters = new FifoQueue(world, `${name}-dlq`, { visibilityTimeoutSeconds: 30 });
    this.queue = new FifoQueue(world, name, {
      visibilityTimeoutSeconds,
      deadLetters: this.deadLetters,
      maxReceiveCount: leastMaxReceiveCount(receiving),
    });
    this.queue.onDeletion = (message) => {
      const { queue, deadLetters } = this;
      deletedAtRetention(world, { message, queue, deadLetters, holders: this.#holdersOf(message.id) });
    };
    this.#source = new EventSource(world, {
      queue: this.queue,
      concurrency: options.concurrency,
      timeout: () => this.#timeout,
      onDelivery: ({ messageId }, process) => {
        this.#holders.set(messageId, [...(this.#holders.get(messageId) ?? []), process]);
        options.onDelivery(messageId);
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
          ...(options.historyFrom !== undefined && { historyFrom: options.historyFrom }),
          onPoison: options.onPoison,
          output: (line) => output(line, process),
          wrote: options.wrote,
        });
        const part = options.part(process) as Extract<Part, { guarantee: { kind: 'external' } }>;
        return {
          process,
          busy: false,
          handle: createConsumer({ name, formerly: guaranteeNames, ...part }, wiring),
        };
      },
    });
  }

  /** Reports a copy in the dead-letter queue whose reason is the retention. */
  savedFromDeletion(messageId: string): void {
    const message = this.queue.messages.find(({ id }) => id === messageId);
    if (message === undefined) return;
    savedFromDeletion(this.#world, { message, queue: this.queue, holders: this.#holdersOf(messageId) });
  }

  #holdersOf(messageId: string): readonly VirtualProcess[] {
    return this.#holders.get(messageId) ?? [];
  }

  /** Deploys a new timeout, in ms: new processes start, and the queue's visibility timeout changes with it. */
  deploy(timeout: number): void {
    this.#timeout = timeout;
    this.queue.visibilityTimeoutSeconds = (visibilityPerTimeout * timeout) / 1000;
    this.#source.redeploy();
  }
}

/** Two clocks may differ by 5 s, so each is off by at most half of that. */
const allowedOffset = 2500;
const wildOffset = 3 * 3_600_000;

/** How far a process's clock is ahead, in ms. */
export function skewOf({ faults, chance }: World, name: string): number {
  if (faults.strikes('clock off by hours', name)) return chance.between(-wildOffset, wildOffset);
  if (faults.strikes('clock skew', name)) return chance.between(-allowedOffset, allowedOffset);
  return 0;
}
