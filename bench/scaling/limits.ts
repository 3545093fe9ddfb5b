import { markdownTable } from '../report/generated.ts';
import { short, whole } from '../report/numbers.ts';

/** Quotas by default, in us-east-1 where they depend on the Region. docs/scaling.md names their pages. */
const quotas = {
  /** Messages a second to all topics of an account. */
  published: 30_000,
  /** Of one message group; it cannot be raised. */
  publishedOfGroup: 300,
  /** Requests a second to one queue for each API action. */
  queueRequests: 70_000,
  inFlight: 120_000,
  /** Invocations at once of an account. */
  concurrency: 1_000,
  /** Write units a second of one table on demand. */
  tableUnits: 40_000,
  /** Of one partition. */
  partitionUnits: 1_000,
} as const;

/** What one order needs, from a run. */
export interface Needs {
  /** Of a full batch of ten groups, in ms. */
  readonly batchTime: number;
  /** Of a full batch of one group, in ms; and where the function has a whole processor. */
  readonly groupTime: number;
  readonly fastGroupTime: number;
  /** Write units of an order: of the record, and of all of it. */
  readonly recordUnits: number;
  readonly units: number;
}

const batchSize = 10;

/** What so many orders a second need of what an account has by default, where one consumer takes them all. */
export function limitsTable(rates: readonly number[], needs: Needs): string {
  const perQuota = (of: (rate: number) => number, quota: number) =>
    rates.map((rate) => `${whole(of(rate))} (${short(of(rate) / quota)})`);
  const concurrency = (rate: number) => ((rate / batchSize) * needs.batchTime) / 1000;
  return markdownTable(
    ['a second', ...rates.map((rate) => `${whole(rate)} orders`)],
    [
      [
        `published messages, of ${whole(quotas.published)} an account`,
        ...perQuota((rate) => rate, quotas.published),
      ],
      [
        `batches received from a queue, of ${whole(quotas.queueRequests)}`,
        ...perQuota((rate) => rate / batchSize, quotas.queueRequests),
      ],
      [
        `messages in flight, of ${whole(quotas.inFlight)} a queue`,
        ...perQuota((rate) => concurrency(rate) * batchSize, quotas.inFlight),
      ],
      [
        `invocations at once, of ${whole(quotas.concurrency)} an account`,
        ...perQuota(concurrency, quotas.concurrency),
      ],
      ['write units, all tables', ...rates.map((rate) => whole(rate * needs.units))],
      [
        `write units of \`records\`, of ${whole(quotas.tableUnits)} a table`,
        ...perQuota((rate) => rate * needs.recordUnits, quotas.tableUnits),
      ],
      [
        `partitions of \`records\`, ${whole(quotas.partitionUnits)} units each`,
        ...rates.map((rate) => whole(Math.ceil((rate * needs.recordUnits) / quotas.partitionUnits))),
      ],
      [
        'the largest share that one customer may have',
        ...rates.map((rate) => `${short((100 * mostOfGroup(needs.groupTime)) / rate)} %`),
      ],
    ],
  );
}

/** Orders a second that a function gets through of one group: a full batch at a time. @param groupTime Of such a batch, in ms. */
export function workedOfGroup(groupTime: number): number {
  return (1000 * batchSize) / groupTime;
}

/** Orders a second that one customer may have. */
export function mostOfGroup(groupTime: number): number {
  return Math.min(quotas.publishedOfGroup, workedOfGroup(groupTime));
}
