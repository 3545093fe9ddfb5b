import { Customers } from '../../../bench/scaling/customers.ts';
import { GroupedQueue } from '../../../bench/scaling/fifo-queue.ts';
import { mostOfGroup, workedOfGroup } from '../../../bench/scaling/limits.ts';
import { batchTime, simulate } from '../../../bench/scaling/simulate.ts';

describe('the simulated FIFO queue', () => {
  it('delivers no message of a group while messages of that group are in flight', () => {
    // GIVEN twelve messages of one group and one of another
    const queue = new GroupedQueue();
    for (let arrival = 0; arrival < 12; arrival++) queue.put(1, arrival);
    queue.put(2, 12);
    // WHEN batches are taken
    const batches = [queue.take(10), queue.take(10), queue.take(10)];
    queue.put(2, 13);
    // THEN what is left of either group waits
    expect(queue.canGive).toBe(false);
    expect(batches.map((batch) => batch.map(({ group, arrivals }) => [group, arrivals.length]))).toEqual([
      [[1, 10]],
      [[2, 1]],
      [],
    ]);
    // UNTIL they are deleted
    queue.settle(1);
    expect(queue.take(10)).toEqual([{ group: 1, arrivals: [10, 11] }]);
    expect(queue.size).toBe(1);
  });
});

describe('the simulation', () => {
  const time = { request: 5, processing: 1, trips: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10] };

  it('makes a batch last as long as its longest group', () => {
    expect(batchTime([3, 1], time)).toBe(4 * 1 + 3 * 5);
  });

  it('gives the same result for the same seed', () => {
    const scenario = {
      ordersPerSecond: 500,
      customers: new Customers(100, 0.6),
      concurrency: 5,
      seconds: 4,
    };
    expect(simulate(scenario, time, 7)).toEqual(simulate(scenario, time, 7));
    expect(simulate(scenario, time, 7)).not.toEqual(simulate(scenario, time, 8));
  });

  it('runs at most one batch of a customer at a time', () => {
    // GIVEN one customer with 1,000 orders a second, and invocations enough
    const scenario = { ordersPerSecond: 1_000, customers: new Customers(1, 0), concurrency: 50, seconds: 4 };
    // WHEN they come
    const { throughput, perBatch } = simulate(scenario, time, 1);
    // THEN ten are applied in the time of a batch
    expect(perBatch).toBeGreaterThan(9.5);
    expect(throughput).toBeCloseTo((10 / batchTime([10], time)) * 1000, -1);
  });
});

test('the orders per second of one customer are limited by the function or by the quota of SNS for one group', () => {
  expect(mostOfGroup(40)).toBe(250);
  expect(workedOfGroup(25)).toBe(400);
  expect(mostOfGroup(25)).toBe(300);
});
