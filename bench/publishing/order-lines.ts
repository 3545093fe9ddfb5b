import { anOrder } from '../../test/support/orders.ts';
import { seededRandom } from '../../test/unit/publisher/support/seeded-random.ts';

/**
 * Generates orders as lines of JSON, 0.6 KB each. Each belongs to a random customer, whose orders are numbered by
 * `sequence`. The same arguments give the same orders.
 */
export function* orderLines(events: number, groups: number): Generator<string> {
  const random = seededRandom(7);
  const sequences = new Uint32Array(groups);
  for (let n = 0; n < events; n++) {
    const group = Math.floor(random.next() * groups);
    const sequence = (sequences[group] ?? 0) + 1;
    sequences[group] = sequence;
    const order = anOrder(
      { subject: String(n), partitionkey: `customer-${group}`, sequence: String(sequence) },
      { customerId: `customer-${group}`, lines: Array.from({ length: 4 }, () => line), total: 10.2 },
    );
    yield JSON.stringify(order);
  }
}

const line = { sku: '85123A', description: 'WHITE HANGING HEART', quantity: 1, unitPrice: 2.55 };
