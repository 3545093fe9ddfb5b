import type { SQSBatchResponse, SQSRecord } from 'aws-lambda';
import type { ConsumerHandler } from '../../../runtime/index.ts';
import type { VirtualProcess } from '../world/virtual-process.ts';
import type { World } from '../world/world.ts';
import type { FifoQueue } from './fifo-queue.ts';

/** A process of a function, which serves one invocation after the other. */
export interface Environment {
  readonly process: VirtualProcess;
  readonly handle: ConsumerHandler;
  busy: boolean;
}

export interface EventSourceOptions {
  readonly queue: FifoQueue;
  /** Starts another process of the function. */
  readonly start: (ordinal: number) => Environment;
  /** Invocations at once. */
  readonly concurrency: number;
  /** Of the function, in ms. */
  readonly timeout: () => number;
  /** Is told of every delivery. */
  readonly onDelivery: (record: SQSRecord, process: VirtualProcess) => void;
  /** Is told of each process whose invocation is over, and that is frozen now. */
  readonly onReturn: (process: VirtualProcess) => void;
}

/** Messages of a batch that Lambda takes from a FIFO queue (Lambda Developer Guide, "Using Lambda with Amazon SQS"). */
const largestBatch = 10;

/** How long a process goes on that Lambda believes dead, in ms, once it is awake. */
const afterlife = 60_000;

/**
 * Lambda's event source mapping over a FIFO queue: batches, invocations at once over different groups, processes that
 * are frozen between their invocations and thawed for the next, timeouts, and what the response leaves out is deleted.
 */
export class EventSource {
  readonly #world: World;
  readonly #options: EventSourceOptions;
  readonly #environments = new Set<Environment>();
  #invocations = 0;
  #started = 0;
  #pollsSoon = false;

  constructor(world: World, options: EventSourceOptions) {
    this.#world = world;
    this.#options = options;
    options.queue.onVisible = (time) => this.#pollLater(time);
  }

  /** Starts with new processes: a deployment. Invocations under way go on in the old ones. */
  redeploy(): void {
    for (const environment of this.#environments) {
      this.#environments.delete(environment);
      if (!environment.busy) environment.process.end('is replaced by a deployment');
    }
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
    const { scheduler } = this.#world;
    const environment = this.#idle() ?? this.#start();
    const { process } = environment;
    this.#invocations += 1;
    environment.busy = true;
    for (const record of records) this.#options.onDelivery(record, process);
    const what = records.map(
      ({ messageId, attributes }) => `${messageId}x${attributes.ApproximateReceiveCount}`,
    );
    this.#world.note(process.name, `is invoked with ${what.join(' ')}`);
    process.thaw();
    const end = this.#world.now + this.#options.timeout();
    let open = true;
    const close = (response: SQSBatchResponse | undefined) => {
      if (!open) return;
      open = false;
      timeout.cancelled = true;
      environment.busy = false;
      this.#invocations -= 1;
      this.#settle(records, response);
      this.#pollLater(this.#world.now);
    };
    const timeout = scheduler.at(end, () => {
      if (!open) return;
      this.#world.faults.count('invocation timeout');
      this.#timeOut(environment);
      close(undefined);
    });
    process.onEnd = () => {
      this.#environments.delete(environment);
      close(undefined);
    };
    const context = { getRemainingTimeInMillis: () => end - this.#world.now };
    const returned = (response: SQSBatchResponse | undefined) => {
      if (!open || !process.isAlive) return;
      this.#options.onReturn(process);
      if (this.#environments.has(environment)) process.freeze();
      else process.end('is replaced by a deployment');
      close(response);
    };
    environment.handle({ Records: [...records] }, context).then(returned, (error: Error) => {
      this.#world.note(process.name, `rejects: ${error.message}`);
      returned(undefined);
    });
  }

  /** Lambda ends the process. One that stands still may come back, as a request that was late to leave does. */
  #timeOut(environment: Environment): void {
    const { process } = environment;
    this.#environments.delete(environment);
    if (!process.isStalled) {
      process.end('is timed out');
      return;
    }
    this.#world.note(process.name, 'is past its time, and stands still');
    this.#world.faults.count('owner past its lease');
    process.excuseAll();
    process.onEnd = () => {};
    const haunt = () => {
      if (process.isStalled) this.#world.scheduler.after(1000, haunt);
      else this.#world.scheduler.after(afterlife, () => process.end('is ended at last'));
    };
    haunt();
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

  #idle(): Environment | undefined {
    const idle = [...this.#environments].filter(({ busy }) => !busy);
    return idle.length === 0 ? undefined : this.#world.chance.pick(idle);
  }

  #start(): Environment {
    this.#started += 1;
    const environment = this.#options.start(this.#started);
    this.#environments.add(environment);
    return environment;
  }
}
