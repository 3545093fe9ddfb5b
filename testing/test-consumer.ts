import type { SQSRecord } from 'aws-lambda';
import { ConfigurationError } from '../contract/errors.ts';
import { type DeadLetterReason, deadLetterReasonAttribute } from '../contract/message-attributes.ts';
import type { OnPoison } from '../contract/policies/poison-policy.ts';
import { type DeliveryLog, deliveryLogMessage } from '../contract/reporting/delivery-log.ts';
import type { Outcome } from '../contract/reporting/outcomes.ts';
import { type ConsumerHandler, withDependencies } from '../runtime/consumer/create-consumer.ts';
import { type MemoryStore, memoryStore } from '../runtime/stores/memory/memory-store.ts';
import { ManualClock } from './manual-clock.ts';
import { memoryDependencies } from './memory-dependencies.ts';
import { remaining, sqsEvent, sqsRecord } from './sqs-event.ts';

/** Maximum batch size of a FIFO queue (AWS: "Using Lambda with Amazon SQS"). */
const largestBatch = 10;

export interface TestOptions {
  /** The name of a consumer whose name comes from the environment. @default 'consumer' */
  readonly name?: string;
  /**
   * Key attributes of tables that `createConsumer` does not declare, or whose keys are not texts: `{ days: ['hall', {
   * name: 'day', type: 'N' }] }`. Declared tables need no entry.
   * @default - only the declared tables
   */
  readonly tables?: Parameters<typeof memoryStore>[0];
  /** How poison is handled. @default 'quarantine' */
  readonly onPoison?: OnPoison;
  /** Timeout of an invocation, in ms. @default 30_000 */
  readonly timeout?: number;
}

/** A message in the dead-letter queue. */
export interface TestDeadLetter {
  readonly body: string;
  /** Why the consumer gave the message up: code, message, field and more. */
  readonly reason: DeadLetterReason;
}

/** A consumer with a queue, a dead-letter queue, tables and a clock in memory. */
export interface TestedConsumer {
  /**
   * Delivers messages to the consumer in one batch.
   *
   * @param bodies Up to 10 events, or texts as invalid bodies.
   * @returns The outcome of each delivery. A message that is not settled waits: see `redeliver`.
   */
  deliver(...bodies: readonly (object | string)[]): Promise<readonly Outcome[]>;
  /**
   * Moves the clock until the waiting messages are visible, and delivers them again. @returns The outcome of each
   * delivery.
   */
  redeliver(): Promise<readonly Outcome[]>;
  /** The outcomes of all deliveries, in order: `applied`, `duplicate`, `poison`, `failed` and others. */
  readonly outcomes: readonly Outcome[];
  /** The log line of each delivery, with code and reason. */
  readonly deliveries: readonly DeliveryLog[];
  /** The items that effects wrote: `item(table, key)` and `items(table)`. */
  readonly tables: MemoryStore['tables'];
  readonly records: MemoryStore['records'];
  readonly deadLetters: readonly TestDeadLetter[];
  /** The consumer's clock. It starts in November 2023, and moves only if a test moves it or calls `redeliver`. */
  readonly clock: ManualClock;
}

/**
 * Runs a consumer in memory, with the tables that it declares. The memory store refuses whatever DynamoDB refuses.
 *
 *   import { handler } from './bookings.ts';
 *
 *   const t = testConsumer(handler);
 *   const booked = anEvent({ type: 'seat.booked', data: { seat: '1A', price: 12.5 } });
 *   await t.deliver(booked, booked);
 *   t.outcomes;                             // ['applied', 'duplicate']
 *   t.tables.item('seats', { seat: '1A' });  // { seat: '1A', price: 12.5 }
 *
 * @param handler The result of `createConsumer(options)`, called without dependencies.
 * @throws ConfigurationError for any other function.
 */
export function testConsumer(handler: ConsumerHandler, options: TestOptions = {}): TestedConsumer {
  const { name = 'consumer', tables, onPoison = 'quarantine', timeout = 30_000 } = options;
  const rewiring = handler[withDependencies];
  if (rewiring === undefined) {
    throw new ConfigurationError(
      'testConsumer takes the handler that createConsumer(options) returned; this one has dependencies of its own, or is ' +
        'another function',
    );
  }
  const clock = new ManualClock();
  const store = memoryStore({ ...rewiring.tables, ...tables });
  const memory = { ...memoryDependencies(clock), onPoison };
  const consumer = rewiring.create({ ...memory, store }, name);
  let sent = 0;
  let waiting: SQSRecord[] = [];
  const deliveries = () =>
    memory.logged.filter(({ message }) => message === deliveryLogMessage) as unknown as DeliveryLog[];
  const outcomes = () => deliveries().map(({ outcome }) => outcome);

  async function invoke(records: readonly SQSRecord[]): Promise<readonly Outcome[]> {
    const before = outcomes().length;
    const { batchItemFailures } = await consumer(sqsEvent(...records), remaining(timeout));
    const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    waiting = [...waiting, ...records.filter(({ messageId }) => failed.has(messageId))];
    return outcomes().slice(before);
  }

  return {
    async deliver(...bodies) {
      if (bodies.length > largestBatch) {
        throw new RangeError(
          `deliver got ${bodies.length} events; a batch of a FIFO queue has at most ${largestBatch}`,
        );
      }
      const records = bodies.map((body) => {
        sent += 1;
        const { partitionkey: group } = body as { readonly partitionkey?: unknown };
        const at = { sentAt: clock.now(), firstReceived: clock.now() };
        return sqsRecord(body, {
          messageId: `message-${sent}`,
          ...at,
          ...(typeof group === 'string' && { group }),
        });
      });
      return await invoke(records);
    },
    async redeliver() {
      const again = waiting.map((record) => {
        const { attributes } = record;
        const ApproximateReceiveCount = String(Number(attributes.ApproximateReceiveCount) + 1);
        return { ...record, attributes: { ...attributes, ApproximateReceiveCount } };
      });
      waiting = [];
      const handles = new Set(again.map(({ receiptHandle }) => receiptHandle));
      const hidden = memory.hidden
        .splice(0)
        .filter((one) => one.handles.some((handle) => handles.has(handle)));
      clock.time += Math.max(0, ...hidden.map(({ seconds }) => seconds)) * 1000;
      return again.length === 0 ? [] : await invoke(again);
    },
    get outcomes() {
      return outcomes();
    },
    get deliveries() {
      return deliveries();
    },
    get deadLetters() {
      return memory.letters.map(({ body, attributes }) => ({
        body,
        reason: JSON.parse(attributes[deadLetterReasonAttribute]?.StringValue ?? '{}') as DeadLetterReason,
      }));
    },
    tables: store.tables,
    records: store.records,
    clock,
  };
}
