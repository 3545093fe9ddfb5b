import { markdownTable, wrapped } from '../report/generated.ts';
import { short } from '../report/numbers.ts';
import type { Counted } from './count.ts';
import { dollarsOf, sumOf } from './dollars.ts';
import type { Agreement } from './meter.ts';
import { prices } from './prices.ts';

const million = 1_000_000;
/** How long a record is stored, in months: the default of the record table. */
const storedMonths = 45 / 30;

/** The data for the tables: a run of each subject for each shape of a batch. */
export interface Report {
  /** All kinds of delivery, in batches of ten messages in ten groups, 1 KB each. */
  readonly deliveries: readonly Counted[];
  /** First deliveries of events of different sizes. */
  readonly sizes: readonly Counted[];
  /** First deliveries in different batches. */
  readonly batches: readonly Counted[];
  /** First deliveries and duplicates in batches of ten messages in one group. */
  readonly oneGroup: readonly Counted[];
  readonly agreement: Agreement;
}

/** The tables of docs/cost.md, by the name of their marker in the page. */
export function tablesOf(report: Report): Record<string, string> {
  return {
    'cost:counted': countedTable(report),
    'cost:duplicates': duplicatesTable(report),
    'cost:sizes': pivot(report.sizes, ({ shape }) => `${shape.bytes / 1000} KB`),
    'cost:batches': pivot(report.batches, ({ shape }) => `${shape.messages} in ${shape.groups}`),
    'cost:besides': besidesTable(report),
    'cost:agreement': agreementText(report.agreement),
  };
}

function countedTable({ deliveries, oneGroup }: Report): string {
  return markdownTable(
    [
      '',
      'groups',
      'delivery',
      'requests',
      'units, record',
      'units, effects',
      'requests to SQS',
      'ms a batch',
    ],
    [...deliveries, ...oneGroup].map((counted) => [
      counted.subject,
      counted.shape.groups,
      counted.delivery,
      short(counted.requests),
      short(counted.recordUnits),
      short(counted.effectUnits),
      short(counted.queueRequests),
      short(counted.waitPerBatch),
    ]),
  );
}

/** Price of an order together with its share of duplicates, which are published and delivered too. */
function duplicatesTable({ deliveries }: Report): string {
  const subjects = deliveries.filter(({ delivery }) => delivery === 'first');
  return markdownTable(
    ['', 'SNS and SQS', 'Lambda', 'DynamoDB', 'no duplicates', '10 %', '50 %'],
    subjects.map((first) => {
      const duplicate = deliveries.find(
        ({ subject, delivery }) => subject === first.subject && delivery === 'duplicate',
      );
      const { messaging, lambda, dynamoDb } = dollarsOf(first);
      const again = duplicate === undefined ? Number.NaN : sumOf(dollarsOf(duplicate));
      const with_ = (share: number) => money(sumOf(dollarsOf(first)) + share * again);
      return [
        first.subject,
        money(messaging),
        money(lambda),
        money(dynamoDb),
        with_(0),
        with_(0.1),
        with_(0.5),
      ];
    }),
  );
}

/** A table with a row for each subject. `column` returns the title of the column to which a value belongs. */
function pivot(counted: readonly Counted[], column: (counted: Counted) => string): string {
  const columns = [...new Set(counted.map(column))];
  const subjects = [...new Set(counted.map(({ subject }) => subject))];
  return markdownTable(
    ['', ...columns],
    subjects.map((name) => [
      name,
      ...columns.map((title) => {
        const cell = counted.find((one) => one.subject === name && column(one) === title);
        return cell === undefined ? '' : money(sumOf(dollarsOf(cell)));
      }),
    ]),
  );
}

function besidesTable({ deliveries }: Report): string {
  return markdownTable(
    ['', 'bytes logged', 'dollars', 'bytes remembered', 'dollars'],
    deliveries
      .filter(({ delivery }) => delivery === 'first')
      .map(({ subject, loggedBytes, recordBytes }) => [
        subject,
        Math.round(loggedBytes),
        money((loggedBytes / 1024 ** 3) * prices.loggedGigabyte),
        Math.round(recordBytes),
        money((recordBytes / 1024 ** 3) * prices.storedGigabyteMonth * storedMonths),
      ]),
  );
}

function agreementText({ single, transactions, refused }: Agreement): string {
  return wrapped(
    `Of ${single.requests} single writes that succeeded it reported ${single.equal} as the rules say, and of ` +
      `${transactions.requests} transactions ${transactions.double} at exactly twice what they say. Of ` +
      `${refused.requests} refused requests it reported ${refused.reported === 0 ? 'nothing' : refused.reported}.`,
  );
}

/** Dollars per million. */
function money(dollars: number): string {
  return (dollars * million).toFixed(2);
}
