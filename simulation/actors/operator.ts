import { resolve, skip } from '../../runtime/index.ts';
import type { FifoQueue } from '../broker/fifo-queue.ts';
import type { RunStore } from '../ports/store.ts';
import { asReceived } from '../ports/wiring.ts';
import { VirtualProcess } from '../world/virtual-process.ts';
import type { World } from '../world/world.ts';
import type { ConsumerFunction } from './function.ts';

export interface OperatorOptions {
  readonly functions: readonly ConsumerFunction[];
  readonly store: RunStore;
  readonly recordTtlSeconds: number;
  /** Whether the effect of an event happened in the external system. */
  readonly happened: (key: string) => boolean;
  /** Whether a copy in a dead-letter queue is worth another try. */
  readonly isRedrivable: (message: FifoQueue['messages'][number], consumer: string) => boolean;
}

/** A message that blocks its group, from its log line. */
export interface Blocked {
  readonly recordId: string;
  readonly messageId: string;
}

/**
 * Milliseconds after which no owner of a claim continues: a process is frozen for at most ten minutes, and calls are
 * late by at most one.
 */
const longestOwner = 15 * 60_000;

/** An operator who redrives, resolves and skips. */
export class Operator {
  /** Ids of the messages that the operator has skipped. */
  readonly skipped = new Set<string>();
  readonly #world: World;
  readonly #options: OperatorOptions;
  /** By idempotency key and attempt: when the operator first saw the unknown outcome. */
  readonly #seen = new Map<string, number>();
  #acts = 0;

  constructor(world: World, options: OperatorOptions) {
    this.#world = world;
    this.#options = options;
  }

  /** Redrives copies to their source queue. @returns Number of redriven copies. */
  redrive(most: number): number {
    let redriven = 0;
    for (const { name, queue, deadLetters } of this.#options.functions) {
      for (const message of deadLetters.messages) {
        if (redriven === most) return redriven;
        if (!this.#options.isRedrivable(message, name)) continue;
        redriven += 1;
        void this.#move(message, queue, deadLetters);
      }
    }
    return redriven;
  }

  /** Resolves all unknown outcomes. @returns Number of records. */
  resolveAll(): number {
    const unknown = this.#unknown();
    for (const key of unknown) void this.#resolve(key);
    return unknown.length;
  }

  /**
   * Resolves unknown outcomes that were first seen long ago, because a frozen owner may continue until then. Sometimes
   * two operators resolve the same outcome independently.
   */
  resolveOld(): void {
    const before = new Map(this.#seen);
    this.#seen.clear();
    for (const key of this.#unknown()) {
      // An outcome that became unknown again has another owner token.
      const outcome = `${key} ${this.#options.store.records.get(key)?.ownerToken}`;
      const seen = before.get(outcome) ?? this.#world.now;
      this.#seen.set(outcome, seen);
      if (this.#world.now - seen <= longestOwner) continue;
      void this.#resolve(key);
      if (this.#world.chance.chance(0.5)) void this.#resolve(key);
    }
  }

  /** Skips messages that block their groups. @returns Number of such messages. */
  skip(blocked: Iterable<Blocked>, most: number): number {
    let skipped = 0;
    for (const { recordId: id, messageId } of blocked) {
      if (skipped === most) break;
      skipped += 1;
      const process = this.#process();
      this.#world.faults.count('skip');
      this.skipped.add(messageId);
      const store = this.#options.store.over(process, () => {});
      skip({ store, id, messageId }).catch((error: Error) => this.#world.note(process.name, error.message));
    }
    return skipped;
  }

  #unknown(): string[] {
    const records = [...this.#options.store.records];
    return records.filter(([, { status }]) => status === 'OUTCOME_UNKNOWN').map(([key]) => key);
  }

  async #move(message: FifoQueue['messages'][number], queue: FifoQueue, from: FifoQueue): Promise<void> {
    const process = this.#process();
    this.#world.faults.count('redrive');
    const { body, group, attributes } = message;
    const deduplicationId = process.random.uuid();
    try {
      await this.#send(process, queue, { body, group, attributes, deduplicationId }, `redrive ${message.id}`);
      await process.call(`forget ${message.id}`, () => from.take(message.id), { lost });
    } catch (error) {
      this.#world.note(process.name, (error as Error).message);
    }
  }

  async #resolve(key: string): Promise<void> {
    const process = this.#process();
    const { store, recordTtlSeconds, happened, functions } = this.#options;
    const { ownerToken: attempt = '' } = store.records.get(key) ?? {};
    const record = { store: store.over(process, () => {}), id: key, attempt };
    const { clock, random } = process;
    try {
      if (happened(key)) {
        this.#world.faults.count('resolve as done');
        await resolve({ ...record, as: 'done', recordTtlSeconds, clock });
        return;
      }
      this.#world.faults.count('resolve as retry');
      const queue = functions.find(({ name }) => key.startsWith(`${name}#`))?.queue as FifoQueue;
      await resolve({
        ...record,
        as: 'retry',
        random,
        send: ({ body, messageGroup: group, deduplicationId, attributes }) => {
          return this.#send(
            process,
            queue,
            {
              body,
              group,
              deduplicationId,
              attributes: asReceived(attributes),
            },
            `send ${key} again`,
          );
        },
      });
    } catch (error) {
      this.#world.note(process.name, (error as Error).message);
    }
  }

  async #send(
    process: VirtualProcess,
    queue: FifoQueue,
    letter: Parameters<FifoQueue['send']>[0],
    label: string,
  ): Promise<void> {
    await process.call(
      label,
      () => {
        // If the queue drops the message as a duplicate, the event is lost, because its copy is deleted next.
        if (!queue.send(letter))
          this.#world.violated(`${queue.name} swallows what an operator sends: ${label}`);
      },
      { lost },
    );
  }

  #process(): VirtualProcess {
    this.#acts += 1;
    return new VirtualProcess(this.#world, `operator/${this.#acts}`);
  }
}

function lost(): never {
  throw new Error('no answer');
}
