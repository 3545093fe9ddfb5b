import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { OrderEvent } from '../../contract/orders/order-event.ts';
import { median } from '../measure/interleave.ts';
import { type BatchShape, batchOf, newOrders } from '../measure/order-batches.ts';
import { type Agreement, Meter } from './meter.ts';
import type { Besides, Consume, Subject } from './subjects/subject.ts';
import { effectTables, keys } from './tables.ts';
import { VirtualLatency } from './virtual-latency.ts';

/** First delivery of an event, delivery of an event that was applied before, or delivery whose handler fails. */
export type DeliveryKind = 'first' | 'duplicate' | 'failed';

/** The average values of one message. */
export interface Counted {
  readonly subject: string;
  readonly source: Subject['source'];
  readonly delivery: DeliveryKind;
  readonly shape: BatchShape;
  /** Requests to DynamoDB. */
  readonly requests: number;
  /** Write units of the record table, by AWS's rules. */
  readonly recordUnits: number;
  /** Write units of the tables with effects, by AWS's rules. */
  readonly effectUnits: number;
  /** Size of the event's record. */
  readonly recordBytes: number;
  /** Requests of the function to SQS. */
  readonly queueRequests: number;
  readonly loggedBytes: number;
  /** Size of the event's body. */
  readonly bodyBytes: number;
  /** Time of the batch's longest chain of requests, in ms. */
  readonly waitPerBatch: number;
  /** CPU time of a batch of first deliveries on this machine, in ms. */
  readonly processorPerBatch: number;
}

/** Assumed latency of a request within a Region, in ms. AWS promises single-digit milliseconds for DynamoDB. */
export const latency = 5;

/** Number of counted batches. One more batch runs before them and creates the accounts. */
const batches = 2;
/** Number of batches whose CPU time is measured. As many run before them, so that the code is compiled. */
const timedBatches = 20;

export class Counter {
  readonly #connect: () => DynamoDBClient;
  readonly #meter: Meter;

  /** @param connect Returns a new client of the store. */
  constructor(connect: () => DynamoDBClient) {
    this.#connect = connect;
    this.#meter = new Meter(connect(), keys);
  }

  get agreement(): Agreement {
    return this.#meter.agreement;
  }

  /** Counts each kind of delivery in batches of one shape. @throws Error if a message of a batch is not settled. */
  async count(subject: Subject, shape: BatchShape, kinds: readonly DeliveryKind[]): Promise<Counted[]> {
    const processorPerBatch = await this.#processorTime(subject, shape);
    const counted: Counted[] = [];
    for (const delivery of kinds)
      counted.push(await this.#countKind(subject, shape, delivery, processorPerBatch));
    return counted;
  }

  async #countKind(
    subject: Subject,
    shape: BatchShape,
    delivery: DeliveryKind,
    processorPerBatch: number,
  ): Promise<Counted> {
    const plain = this.#connect();
    const prepare = subject.consumer({ client: plain, fails: false, besides: nothing() });
    await apply(prepare, newOrders(shape));
    const events = Array.from({ length: batches }, () => newOrders(shape));
    if (delivery === 'duplicate') for (const batch of events) await apply(prepare, batch);

    const time = new VirtualLatency(latency);
    const client = this.#connect();
    this.#meter.attach(client, time);
    const besides = nothing();
    const fails = delivery === 'failed';
    const consumer = subject.consumer({ client, fails, besides });
    this.#meter.take();
    for (const batch of events) await (fails ? consumer(batchOf(batch)) : apply(consumer, batch));
    const attempts = batches * shape.messages;
    const { requests, units, left } = this.#meter.take();
    plain.destroy();
    client.destroy();
    return {
      subject: subject.name,
      source: subject.source,
      delivery,
      shape,
      requests: requests / attempts,
      recordUnits: total(units, false) / attempts,
      effectUnits: total(units, true) / attempts,
      recordBytes: total(left, false) / attempts,
      queueRequests: besides.queueRequests / attempts,
      loggedBytes: besides.loggedBytes / attempts,
      bodyBytes: average(events.flat().map((event) => Buffer.byteLength(JSON.stringify(event)))),
      waitPerBatch: time.now / batches,
      processorPerBatch,
    };
  }

  /** Measures CPU time, in ms. Without a meter, because the meter needs CPU time too. */
  async #processorTime(subject: Subject, shape: BatchShape): Promise<number> {
    const client = this.#connect();
    const consumer = subject.consumer({ client, fails: false, besides: nothing() });
    const times: number[] = [];
    for (let batch = 0; batch < 2 * timedBatches; batch++) {
      const events = newOrders(shape);
      const before = process.cpuUsage();
      await apply(consumer, events);
      const { user, system } = process.cpuUsage(before);
      times.push((user + system) / 1000);
    }
    client.destroy();
    return median(times.slice(timedBatches));
  }
}

/** @throws Error if a message was not settled. */
async function apply(consumer: Consume, events: readonly OrderEvent[]): Promise<void> {
  const { batchItemFailures } = await consumer(batchOf(events));
  if (batchItemFailures.length > 0) {
    throw new Error(`${batchItemFailures.length} of ${events.length} messages were not settled`);
  }
}

const effects = new Set<string>(Object.values(effectTables));

/** @param ofEffects Whether to add up the tables with effects, or the other ones. */
function total(byTable: Readonly<Record<string, number>>, ofEffects: boolean): number {
  const chosen = Object.entries(byTable).filter(([table]) => effects.has(table) === ofEffects);
  return chosen.reduce((sum, [, count]) => sum + count, 0);
}

function nothing(): Besides {
  return { queueRequests: 0, loggedBytes: 0 };
}

function average(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}
