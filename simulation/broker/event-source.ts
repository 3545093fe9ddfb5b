import type { SQSBatchResponse, SQSRecord } from 'aws-lambda';
import type { ConsumerHandler } from '../../runtime/index.ts';
import type { VirtualProcess } from '../world/virtual-process.ts';
import type { World } from '../world/world.ts';
import { Environments, type EnvironmentsOptions } from './environments.ts';
import type { FifoQueue } from './fifo-queue.ts';

export interface EventSourceOptions extends EnvironmentsOptions<ConsumerHandler> {
  readonly queue: FifoQueue;
  /** Invocations at once. */
  readonly concurrency: number;
  /** Is told of every delivery. */
  readonly onDelivery: (record: SQSRecord, process: VirtualProcess) => void;
}

/** Messages of a batch that Lambda takes from a FIFO queue (Lambda Developer Guide, "Using Lambda with Amazon SQS"). */
const largestBatch = 10;

/**
 * Lambda's event source mapping over a FIFO queue: batches, invocations at once over different groups, and what the
 * response leaves out is deleted.
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

  /** Starts with new processes: a deployment. Invocations under way go on in the old ones. */
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
    // Lambda takes a response that names a message that was none of its batch for a failure of all.
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
