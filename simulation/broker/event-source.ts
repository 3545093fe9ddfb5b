import type { SQSBatchResponse, SQSRecord } from 'aws-lambda';
import type { ConsumerHandler } from '../../runtime/index.ts';
import type { VirtualProcess } from '../world/virtual-process.ts';
import type { World } from '../world/world.ts';
import { Environments, type EnvironmentsOptions } from './environments.ts';
import type { FifoQueue } from './fifo-queue.ts';

export interface EventSourceOptions extends EnvironmentsOptions<ConsumerHandler> {
  readonly queue: FifoQueue;
  /** Maximum number of concurrent invocations. */
  readonly concurrency: number;
  /** Called for every delivery. */
  readonly onDelivery: (record: SQSRecord, process: VirtualProcess) => void;
}

/** Lambda's maximum batch size for a FIFO queue (Lambda Developer Guide, "Using Lambda with Amazon SQS"). */
const largestBatch = 10;

/**
 * Lambda's event source mapping over a FIFO queue: batches, concurrent invocations for different groups, and deletion
 * of the messages that the response does not name.
 */
export class EventSource {
  readonly #world: World;
  readonly #options: EventSourceOptions;
  readonly #environments: Environments<ConsumerHandler>;
  #invocations = 0;
  #pollsSoon = false;

  constructor(world: World, options: EventSourceOptions) {
    this.#world = world;
    this.#options = options;
    this.#environments = new Environments(world, options);
    options.queue.onVisible = (time) => this.#pollLater(time);
  }

  /** A deployment: later invocations use new processes. Running invocations continue in the old ones. */
  redeploy(): void {
    this.#environments.redeploy();
  }

  #pollLater(time: number): void {
    const { scheduler, now } = this.#world;
    if (time > now) {
      scheduler.at(time, () => this.#pollLater(time));
      return;
    }
    if (this.#pollsSoon) return;
    this.#pollsSoon = true;
    scheduler.after(this.#world.latency(), () => {
      this.#pollsSoon = false;
      this.#poll();
    });
  }

  #poll(): void {
    const { queue, concurrency } = this.#options;
    const { chance, faults } = this.#world;
    while (this.#invocations < concurrency) {
      const records = queue.receive(chance.chance(0.5) ? largestBatch : chance.between(1, largestBatch));
      if (records.length === 0) return;
      if (faults.strikes('lost batch', queue.name)) {
        this.#world.note(queue.name, `a batch of ${records.length} is lost with its poller`);
        continue;
      }
      this.#invoke(records);
    }
  }

  #invoke(records: readonly SQSRecord[]): void {
    this.#invocations += 1;
    const what = records.map(
      ({ messageId, attributes }) => `${messageId}x${attributes.ApproximateReceiveCount}`,
    );
    this.#environments.invoke(
      `is invoked with ${what.join(' ')}`,
      (handle, context, process) => {
        for (const record of records) this.#options.onDelivery(record, process);
        return handle({ Records: [...records] }, context);
      },
      (response) => {
        this.#invocations -= 1;
        this.#settle(records, response);
        this.#pollLater(this.#world.now);
      },
    );
  }

  #settle(records: readonly SQSRecord[], response: SQSBatchResponse | undefined): void {
    if (response === undefined) return;
    const { queue } = this.#options;
    const failed = new Set(response.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    const known = new Set(records.map(({ messageId }) => messageId));
    // If a response names a message that is not in the batch, Lambda treats the whole batch as failed.
    if ([...failed].some((id) => !known.has(id))) return;
    const done = records.filter(({ messageId }) => !failed.has(messageId));
    if (done.length === 0) return;
    if (this.#world.faults.strikes('lost delete', queue.name)) {
      this.#world.note(queue.name, `the deletion of ${done.length} is lost`);
      return;
    }
    this.#world.note(queue.name, `deletes ${done.map(({ messageId }) => messageId).join(' ')}`);
    queue.remove(done.map(({ receiptHandle }) => receiptHandle));
  }
}
