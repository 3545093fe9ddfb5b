import Big from 'big.js';
import type { Account, Expectation } from './expectation.ts';
import { compareRecords } from './records.ts';
import { compareSequences } from './sequences.ts';
import type { TableSnapshot } from './tables.ts';
import { compareVersions } from './versions.ts';

export interface Comparison {
  /** Events whose record, order, customer or place in the ledger is not there. */
  readonly missing: number;
  /** Times that an event was added to a ledger once too often. */
  readonly doubled: number;
  /** Orders and customers that are below their highest sequence. */
  readonly regressions: number;
  /** Sequence numbers inside of their group's that no record has. */
  readonly gaps: number;
  readonly gapLines: readonly string[];
  /** Events that were completed after one of a higher sequence in their group. */
  readonly late: number;
  /** Decimals, as strings. */
  readonly ledgerTotal: string;
  readonly ledgerExpected: string;
  /** Everything that is not as expected, a line each. */
  readonly problems: readonly string[];
}

/** Holds what fulfilment left in the tables against what must be in them. */
export function compare(expected: Expectation, found: TableSnapshot): Comparison {
  const recorded = compareRecords('fulfilment', expected, found.records('fulfilment'));
  const problems = [...recorded.problems];
  // Effect and record are one write there: nothing can be unclear.
  for (const { id, reason } of recorded.unknown)
    problems.push(`fulfilment of event ${id} is unknown: ${reason}`);

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

/** Holds what each account has spent, and in how many orders, against what it must have. */
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
