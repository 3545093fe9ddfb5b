import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { OrderEvent } from '../../contract/orders/order-event.ts';
import { median } from '../measure/interleave.ts';
import { type BatchShape, batchOf, newOrders } from '../measure/order-batches.ts';
import { type Agreement, Meter } from './meter.ts';
import type { Besides, Consume, Subject } from './subjects/subject.ts';
import { effectTables, keys } from './tables.ts';
import { VirtualLatency } from './virtual-latency.ts';

/** The first of an event that succeeds, one of an event that was applied, or one whose handler fails. */
export type DeliveryKind = 'first' | 'duplicate' | 'failed';

/** What one message came to. */
export interface Counted {
  readonly subject: string;
  readonly source: Subject['source'];
  readonly delivery: DeliveryKind;
  readonly shape: BatchShape;
  /** Requests to DynamoDB. */
  readonly requests: number;
  /** Write units by AWS's rules: of the table that remembers, and of those with the effects. */
  readonly recordUnits: number;
  readonly effectUnits: number;
  /** Of what is remembered of the event, in bytes. */
  readonly recordBytes: number;
  /** Requests of the function to SQS. */
  readonly queueRequests: number;
  readonly loggedBytes: number;
  /** Of the event's body. */
  readonly bodyBytes: number;
  /** Of a batch's longest chain of requests, in ms. */
  readonly waitPerBatch: number;
  /** Processor time of a batch on this machine, in ms, of first deliveries. */
  readonly processorPerBatch: number;
}

/** Of a request within a Region, in ms: an assumption. DynamoDB promises single-digit milliseconds. */
export const latency = 5;

/** Batches that are counted; one more goes before, so that accounts are there. */
const batches = 2;
/** Batches whose processor time is taken, after as many that compile. */
const timedBatches = 20;

export class Counter {
  readonly #connect: () => DynamoDBClient;
  readonly #meter: Meter;

  /** @param connect A new client of the store. */
  constructor(connect: () => DynamoDBClient) {
    this.#connect = connect;
    this.#meter = new Meter(connect(), keys);
  }

  get agreement(): Agreement {
    return this.#meter.agreement;
  }

  /** Counts each kind of delivery in batches of one shape. @throws Error where a batch did not end as it should. */
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

  /** Without a meter, whose own work would be in it. */
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

/** @throws Error where a message was not settled. */
async function apply(consumer: Consume, events: readonly OrderEvent[]): Promise<void> {
  const { batchItemFailures } = await consumer(batchOf(events));
  if (batchItemFailures.length > 0) {
    throw new Error(`${batchItemFailures.length} of ${events.length} messages came back`);
  }
}

const effects = new Set<string>(Object.values(effectTables));

/** Of the tables with effects, or of the others. */
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
