import { Prng } from '../../simulation/world/prng.ts';
import type { Customers } from './customers.ts';
import { GroupedQueue, type Taken } from './fifo-queue.ts';

export interface Scenario {
  readonly ordersPerSecond: number;
  readonly customers: Customers;
  /** Invocations at once. */
  readonly concurrency: number;
  /** For how long orders come. */
  readonly seconds: number;
}

/** How long an invocation takes. */
export interface BatchTime {
  /** Of a request, in ms. */
  readonly request: number;
  /** Of the processor, in ms a message. */
  readonly processing: number;
  /** Requests behind one another for so many messages of one group, by their number. */
  readonly trips: readonly number[];
}

export interface Simulated {
  /** Orders applied a second. */
  readonly throughput: number;
  /** From arrival in the queue to the end of its invocation, in ms. */
  readonly p50: number;
  readonly p99: number;
  /** The share of its time in which an invocation was at work. */
  readonly busy: number;
  /** Messages that an invocation got. */
  readonly perBatch: number;
  /** Orders that waited when the last one had come. */
  readonly waiting: number;
}

/** The most that Lambda takes from a FIFO queue. */
const batchSize = 10;
/** The share of the time that is not looked at: the queue begins empty. */
const warmUp = 0.2;

interface Running {
  readonly end: number;
  readonly batch: readonly Taken[];
}

/** Groups of a batch at once, messages of a group one behind another. In ms. */
export function batchTime(counts: readonly number[], { request, processing, trips }: BatchTime): number {
  const messages = counts.reduce((sum, count) => sum + count, 0);
  return processing * messages + request * Math.max(...counts.map((count) => trips[count] ?? Number.NaN));
}

/** Orders that come by chance, a FIFO queue, and invocations that take what may be taken. The same for the same seed. */
export function simulate(scenario: Scenario, time: BatchTime, seed: number): Simulated {
  const { ordersPerSecond, customers, concurrency, seconds } = scenario;
  const random = new Prng(seed, 'orders');
  const end = seconds * 1000;
  const begin = end * warmUp;
  const queue = new GroupedQueue();
  /** By their end, the latest first. */
  const running: Running[] = [];
  const latencies: number[] = [];
  let arrival = 0;
  let busy = 0;
  let batches = 0;
  let taken = 0;

  function start(now: number): void {
    while (running.length < concurrency && queue.canGive) {
      const batch = queue.take(batchSize);
      const counts = batch.map(({ arrivals }) => arrivals.length);
      const duration = batchTime(counts, time);
      insert(running, { end: now + duration, batch });
      busy += Math.max(0, Math.min(now + duration, end) - Math.max(now, begin));
      batches += 1;
      taken += counts.reduce((sum, count) => sum + count, 0);
    }
  }

  function finish({ end: now, batch }: Running): void {
    for (const { group, arrivals } of batch) {
      if (now >= begin) for (const came of arrivals) latencies.push(now - came);
      queue.settle(group);
    }
    start(now);
  }

  for (;;) {
    arrival += (-Math.log(1 - random.next()) * 1000) / ordersPerSecond;
    while ((running.at(-1)?.end ?? Number.POSITIVE_INFINITY) <= Math.min(arrival, end)) {
      finish(running.pop() as Running);
    }
    if (arrival > end) break;
    queue.put(customers.draw(random), arrival);
    start(arrival);
  }
  const sorted = Float64Array.from(latencies).sort();
  const quantile = (share: number) => sorted[Math.floor(sorted.length * share)] ?? Number.NaN;
  return {
    throughput: sorted.length / ((end - begin) / 1000),
    p50: quantile(0.5),
    p99: quantile(0.99),
    busy: busy / (concurrency * (end - begin)),
    perBatch: taken / batches,
    waiting: queue.size,
  };
}

function insert(running: Running[], one: Running): void {
  let least = 0;
  let most = running.length;
  while (least < most) {
    const middle = (least + most) >> 1;
    if ((running[middle]?.end ?? 0) > one.end) least = middle + 1;
    else most = middle;
  }
  running.splice(least, 0, one);
}
