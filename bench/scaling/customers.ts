import { join } from 'node:path';
import { readLines } from '../../publisher/index.ts';
import type { Prng } from '../../simulation/world/prng.ts';

const samples = join(import.meta.dirname, '../../samples/online-retail-5000.ndjson.gz');

/** The distribution of the sample's orders over its customers. */
export interface Spread {
  readonly customers: number;
  /** Share of the customer with the most orders. */
  readonly largest: number;
  /** Exponent s of Zipf's law: the number of orders of the customer with rank r is proportional to 1 / r^s. */
  readonly exponent: number;
}

export async function spreadOfSamples(): Promise<Spread> {
  const orders = new Map<string, number>();
  let sum = 0;
  for await (const line of readLines(samples)) {
    const { partitionkey }: { partitionkey: string } = JSON.parse(line);
    orders.set(partitionkey, (orders.get(partitionkey) ?? 0) + 1);
    sum += 1;
  }
  const byRank = [...orders.values()].sort((a, b) => b - a);
  return { customers: byRank.length, largest: (byRank[0] ?? 0) / sum, exponent: -slope(byRank) };
}

/** Slope of the regression line through the logarithms of rank and count. */
function slope(byRank: readonly number[]): number {
  const points = byRank.map((count, index) => [Math.log(index + 1), Math.log(count)] as const);
  const meanX = points.reduce((sum, [x]) => sum + x, 0) / points.length;
  const meanY = points.reduce((sum, [, y]) => sum + y, 0) / points.length;
  const covariance = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  return covariance / points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
}

/** Draws customers by Zipf's law. */
export class Customers {
  /** Cumulative share of the orders, by rank. */
  readonly #upTo: Float64Array;

  constructor(count: number, exponent: number) {
    this.#upTo = new Float64Array(count);
    let sum = 0;
    for (let rank = 0; rank < count; rank++) {
      sum += (rank + 1) ** -exponent;
      this.#upTo[rank] = sum;
    }
    for (let rank = 0; rank < count; rank++) this.#upTo[rank] = (this.#upTo[rank] ?? 0) / sum;
  }

  get largest(): number {
    return this.#upTo[0] ?? 0;
  }

  /** @returns Rank of a customer, from 0. */
  draw(random: Prng): number {
    const wanted = random.next();
    let least = 0;
    let most = this.#upTo.length - 1;
    while (least < most) {
      const middle = (least + most) >> 1;
      if ((this.#upTo[middle] ?? 1) < wanted) least = middle + 1;
      else most = middle;
    }
    return least;
  }
}
