import { markdownTable } from '../report/generated.ts';
import { short, whole } from '../report/numbers.ts';

/** Default quotas of AWS, in us-east-1 if they depend on the Region. docs/scaling.md names the sources. */
const quotas = {
  /** Published messages per second of an account. */
  published: 30_000,
  /** Published messages per second of one message group. AWS does not raise it. */
  publishedOfGroup: 300,
  /** Requests per second to one queue, for each API action. */
  queueRequests: 70_000,
  /** Messages in flight of one queue. */
  inFlight: 120_000,
  /** Concurrent invocations of an account. */
  concurrency: 1_000,
  /** Write units per second of one on-demand table. */
  tableUnits: 40_000,
  /** Write units per second of one partition. */
  partitionUnits: 1_000,
} as const;

/** Measured needs of a batch and of an order. */
export interface Needs {
  /** Duration of a full batch of ten groups, in ms. */
  readonly batchTime: number;
  /** Duration of a full batch of one group, in ms. */
  readonly groupTime: number;
  /** The same if the function has one vCPU. */
  readonly fastGroupTime: number;
  /** Write units of an order's record. */
  readonly recordUnits: number;
  /** All write units of an order. */
  readonly units: number;
}

const batchSize = 10;

/**
 * The needs of one consumer, beside the default quotas.
 *
 * @param rates Orders per second.
 */
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

/**
 * Orders per second of one group that a function applies, one full batch at a time.
 *
 * @param groupTime Duration of a full batch of one group, in ms.
 */
export function workedOfGroup(groupTime: number): number {
  return (1000 * batchSize) / groupTime;
}

/** Maximum orders per second of one customer. */
export function mostOfGroup(groupTime: number): number {
  return Math.min(quotas.publishedOfGroup, workedOfGroup(groupTime));
}
