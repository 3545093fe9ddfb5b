import Big from 'big.js';
import type { Expectation } from './expectation.ts';
import { compareRecords } from './records.ts';
import type { Holdings } from './tables.ts';

export interface Comparison {
  /** Events whose record, order or place in the ledger is not there. */
  readonly missing: number;
  /** Times that an event was added to a ledger once too often. */
  readonly doubled: number;
  /** Decimals, as strings. */
  readonly ledgerTotal: string;
  readonly ledgerExpected: string;
  /** Everything that is not as expected, a line each. */
  readonly problems: readonly string[];
}

/** Holds what fulfilment left in the tables against what must be in them. */
export function compare(expected: Expectation, found: Holdings): Comparison {
  const recorded = compareRecords('fulfilment', expected, found.records('fulfilment'));
  const problems = [...recorded.problems];
  // Effect and record are one write there: nothing can be unclear.
  for (const { id, reason } of recorded.unknown)
    problems.push(`fulfilment of event ${id} is unknown: ${reason}`);

  let ordersMissing = 0;
  for (const [id, digest] of expected.orders) {
    if (!found.orders.has(id)) {
      ordersMissing += 1;
      problems.push(`order ${id} is missing`);
    } else if (found.orders.get(id) !== digest) problems.push(`order ${id} differs from its event`);
  }
  for (const id of found.orders.keys()) {
    if (!expected.orders.has(id)) problems.push(`order ${id} was never published`);
  }

  let short = 0;
  let doubled = 0;
  const nothing = { spent: new Big(0), orders: 0 };
  for (const account of new Set([...expected.accounts.keys(), ...found.accounts.keys()])) {
    const should = expected.accounts.get(account) ?? nothing;
    const is = found.accounts.get(account) ?? nothing;
    short += Math.max(0, should.orders - is.orders);
    doubled += Math.max(0, is.orders - should.orders);
    if (is.orders !== should.orders || !is.spent.eq(should.spent)) {
      problems.push(
        `ledger of ${account}: ${is.spent.toFixed()} in ${is.orders} orders, ` +
          `expected ${should.spent.toFixed()} in ${should.orders}`,
      );
    }
  }

  const total = [...found.accounts.values()].reduce((sum, { spent }) => sum.plus(spent), new Big(0));
  return {
    missing: Math.max(recorded.missing + recorded.unknown.length, ordersMissing, short),
    doubled,
    ledgerTotal: total.toFixed(),
    ledgerExpected: expected.total.toFixed(),
    problems,
  };
}
