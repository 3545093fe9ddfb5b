import { Prng } from '../../simulation/world/prng.ts';
import type { Customers } from './customers.ts';
import { GroupedQueue, type Taken } from './fifo-queue.ts';

export interface Scenario {
  readonly ordersPerSecond: number;
  readonly customers: Customers;
  /** Maximum number of concurrent invocations. */
  readonly concurrency: number;
  /** How long orders arrive. */
  readonly seconds: number;
}

/** The parts of an invocation's duration. */
export interface BatchTime {
  /** Latency of a request in ms. */
  readonly request: number;
  /** CPU time of a message in ms. */
  readonly processing: number;
  /** Number of successive requests for the messages of one group, by the number of messages. */
  readonly trips: readonly number[];
}

export interface Simulated {
  /** Applied orders per second. */
  readonly throughput: number;
  /** Median of the time from an order's arrival in the queue to the end of its invocation, in ms. */
  readonly p50: number;
  /** 99th percentile of the same time. */
  readonly p99: number;
  /** Used share of the concurrency. */
  readonly busy: number;
  /** Mean number of messages per invocation. */
  readonly perBatch: number;
  /** Number of waiting orders after the last arrival. */
  readonly waiting: number;
}

/** Lambda's maximum batch size for a FIFO queue. */
const batchSize = 10;
/** Share of the time at the start that is not measured, because the queue is empty at first. */
const warmUp = 0.2;

interface Running {
  readonly end: number;
  readonly batch: readonly Taken[];
}

/**
 * Duration of a batch in ms. Its groups run at once, and the messages of a group one after the other.
 *
 * @param counts Number of messages of each group.
 */
export function batchTime(counts: readonly number[], { request, processing, trips }: BatchTime): number {
  const messages = counts.reduce((sum, count) => sum + count, 0);
  return processing * messages + request * Math.max(...counts.map((count) => trips[count] ?? Number.NaN));
}

/**
 * Simulates a FIFO queue with random arrivals, and invocations that take messages as soon as they can. The same seed
 * gives the same result.
 */
export function simulate(scenario: Scenario, time: BatchTime, seed: number): Simulated {
  const { ordersPerSecond, customers, concurrency, seconds } = scenario;
  const random = new Prng(seed, 'orders');
  const end = seconds * 1000;
  const begin = end * warmUp;
  const queue = new GroupedQueue();
  /** Sorted by end, the latest first. */
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
