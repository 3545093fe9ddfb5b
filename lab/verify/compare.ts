import Big from 'big.js';
import type { Account, Expectation } from './expectation.ts';
import { compareRecords } from './records.ts';
import { compareSequences } from './sequences.ts';
import type { TableSnapshot } from './tables.ts';
import { compareVersions } from './versions.ts';

export interface Comparison {
  /** Number of events without a record, an order, a customer or their part of the ledger. */
  readonly missing: number;
  /** Number of times that an event was added to a ledger again. */
  readonly doubled: number;
  /** Number of orders and customers that are below their highest sequence. */
  readonly regressions: number;
  /** Number of sequence numbers within a group's range that no record has. */
  readonly gaps: number;
  readonly gapLines: readonly string[];
  /** Number of events that were completed after an event of their group with a higher sequence. */
  readonly late: number;
  /** Decimals, as strings. */
  readonly ledgerTotal: string;
  readonly ledgerExpected: string;
  /** One line per difference. */
  readonly problems: readonly string[];
}

/** Compares the tables that `fulfilment` wrote with the expected content. */
export function compare(expected: Expectation, found: TableSnapshot): Comparison {
  const recorded = compareRecords('fulfilment', expected, found.records('fulfilment'));
  const problems = [...recorded.problems];
  // Effects and record are one transaction, so no outcome of `fulfilment` can be unknown.
  for (const { id, reason } of recorded.unknown)
    problems.push(`fulfilment: outcome unknown for event ${id}: ${reason}`);

  const orders = compareVersions('order', expected.orders, found.orders);
  const customers = compareVersions('customer', expected.customers, found.customers);
  const sequences = compareSequences(expected.groups, found.places);
  problems.push(...orders.problems, ...customers.problems);

  const ledger = compareLedgers(expected.accounts, found.accounts);
  problems.push(...ledger.problems);

  const total = [...found.accounts.values()].reduce((sum, { spent }) => sum.plus(spent), new Big(0));
  return {
    missing: Math.max(
      recorded.missing + recorded.unknown.length,
      orders.missing,
      customers.missing,
      ledger.missing,
    ),
    doubled: ledger.doubled,
    regressions: orders.regressions + customers.regressions,
    gaps: sequences.gaps,
    late: sequences.late,
    gapLines: sequences.gapLines,
    ledgerTotal: total.toFixed(),
    ledgerExpected: expected.total.toFixed(),
    problems,
  };
}

/** Compares each account's sum and number of orders with the expected ones. */
export function compareLedgers(
  expected: ReadonlyMap<string, Account>,
  found: ReadonlyMap<string, Account>,
): Pick<Comparison, 'missing' | 'doubled' | 'problems'> {
  let missing = 0;
  let doubled = 0;
  const problems: string[] = [];
  const nothing = { spent: new Big(0), orders: 0 };
  for (const account of new Set([...expected.keys(), ...found.keys()])) {
    const should = expected.get(account) ?? nothing;
    const is = found.get(account) ?? nothing;
    missing += Math.max(0, should.orders - is.orders);
    doubled += Math.max(0, is.orders - should.orders);
    if (is.orders !== should.orders || !is.spent.eq(should.spent)) {
      problems.push(
        `ledger of ${account}: ${is.spent.toFixed()} in ${is.orders} orders, ` +
          `expected ${should.spent.toFixed()} in ${should.orders}`,
      );
    }
  }
  return { missing, doubled, problems };
}
