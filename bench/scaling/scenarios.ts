import { markdownTable } from '../report/generated.ts';
import { short, whole } from '../report/numbers.ts';
import { Customers, type Spread } from './customers.ts';
import { type Simulated, simulate } from './simulate.ts';

/**
 * CPU time of a message in a function with 512 MiB, in ms. The machine of the other measurements needs 1 to 1.7 ms, and
 * such a function has 29 % of a vCPU. It is a constant, so that one seed gives the same table on every machine.
 */
const processing = 5;

/** The parameters of one simulation. `law`: exponent of Zipf's law; `samples`: the exponent of the sample orders. */
interface Variation {
  readonly ordersPerSecond: number;
  readonly customers: number;
  readonly law: number | 'samples';
  readonly concurrency: number;
  readonly seconds: number;
}

const variations: readonly Variation[] = [
  ...[5, 10, 100].map((concurrency) => scenario(1_000, 10_000, 'samples', concurrency)),
  ...[0, 1].map((law) => scenario(1_000, 10_000, law, 100)),
  ...[10, 100].map((customers) => scenario(1_000, customers, 0, 100)),
  ...[60, 100, 1_000].map((concurrency) => scenario(10_000, 100_000, 'samples', concurrency)),
  ...[600, 1_000].map((concurrency) => scenario(100_000, 1_000_000, 'samples', concurrency)),
];

/** The more orders per second, the shorter the scenario, so that all scenarios have similar numbers of orders. */
function scenario(
  ordersPerSecond: number,
  customers: number,
  law: Variation['law'],
  concurrency: number,
): Variation {
  return { ordersPerSecond, customers, law, concurrency, seconds: Math.max(5, 60_000 / ordersPerSecond) };
}

export interface SimulationOptions {
  readonly spread: Spread;
  readonly trips: readonly number[];
  /** Latency of a request in ms. */
  readonly request: number;
  readonly seed: number;
}

export interface SimulatedRow extends Variation, Simulated {
  /** Share of the customer with the most orders. */
  readonly largest: number;
}

export function simulationTable(options: SimulationOptions) {
  const rows = variations.map((variation) => simulateOne(variation, options));
  const table = markdownTable(
    [
      'orders a second',
      'customers',
      'largest',
      'invocations',
      'applied a second',
      'p50',
      'p99',
      'busy',
      'a batch',
      'waiting',
    ],
    rows.map((row) => [
      whole(row.ordersPerSecond),
      whole(row.customers),
      `${short(100 * row.largest)} %`,
      row.concurrency,
      whole(row.throughput),
      `${whole(row.p50)} ms`,
      `${whole(row.p99)} ms`,
      `${short(100 * row.busy, 0)} %`,
      short(row.perBatch, 1),
      whole(row.waiting),
    ]),
  );
  return { rows, table };
}

function simulateOne(
  variation: Variation,
  { spread, trips, request, seed }: SimulationOptions,
): SimulatedRow {
  const { law } = variation;
  const customers = new Customers(variation.customers, law === 'samples' ? spread.exponent : law);
  const simulated = simulate({ ...variation, customers }, { request, processing, trips }, seed);
  return { ...variation, ...simulated, largest: customers.largest };
}
