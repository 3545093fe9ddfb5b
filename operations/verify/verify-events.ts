import type { ConsumerDescription } from '../../contract/consumer-description.ts';
import { canonicalJson } from '../../contract/event/canonical-json.ts';
import { readEvent } from '../../contract/event/event-parser.ts';
import { type Aws, partsOfArn } from '../access/connect.ts';
import { identifyBodies } from '../installation/ask-consumer.ts';
import { getRecords } from '../records/find-records.ts';
import type { SeenRecord } from '../records/record.ts';
import { haveOtherContent } from '../records/same-content.ts';

/** What the records say about an event of a file. */
export const verdicts = [
  'applied',
  'ignored',
  'missing',
  'conflicting',
  'unknown',
  'waiting',
  'dead-letter',
  'refused',
  'expired',
] as const;
export type VerifiedAs = (typeof verdicts)[number];

/** Verdicts that need nobody. */
export const fine: ReadonlySet<VerifiedAs> = new Set(['applied', 'ignored']);

export interface Verified {
  readonly consumer: string;
  readonly verdict: VerifiedAs;
  readonly line: number;
  readonly source: string;
  readonly id: string;
  readonly why?: string | undefined;
}

/** Bytes of bodies in a request to a function: it takes 6 MB (AWS: "Lambda quotas"), and the JSON around them counts. */
const batchBytes = 3_000_000;
const batchEvents = 500;

interface Line {
  readonly line: number;
  readonly source: string;
  readonly id: string;
  readonly body: string;
}

export interface VerifyOptions {
  readonly consumers: readonly ConsumerDescription[];
  readonly lines: AsyncIterable<string>;
  /** Only the first so many lines: those that the topic has accepted. @default - all */
  readonly upTo?: number | undefined;
  /** Called for each event at each consumer. */
  readonly onVerified: (verified: Verified) => void;
  /** Called for a line that is no event. */
  readonly onInvalid: (line: number, why: string) => void;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/**
 * Compares a file of events with the records of each consumer. It reads the file once, and holds one batch of it. Each
 * consumer's own code says which record belongs to an event.
 */
export async function verifyEvents(aws: Aws, options: VerifyOptions): Promise<void> {
  let batch: Line[] = [];
  let bytes = 0;
  const flush = async () => {
    const lines = batch;
    batch = [];
    bytes = 0;
    await Promise.all(options.consumers.map((consumer) => verifyBatch(aws, consumer, lines, options)));
  };
  let line = 0;
  for await (const json of options.lines) {
    line += 1;
    if (options.upTo !== undefined && line > options.upTo) break;
    if (json.trim() === '') continue;
    let event: ReturnType<typeof readEvent>;
    try {
      event = readEvent(json);
    } catch (error) {
      options.onInvalid(line, (error as Error).message);
      continue;
    }
    const body = canonicalJson(event);
    bytes += Buffer.byteLength(body);
    batch.push({ line, source: event.source, id: event.id, body });
    if (batch.length === batchEvents || bytes > batchBytes) await flush();
  }
  await flush();
}

async function verifyBatch(
  aws: Aws,
  consumer: ConsumerDescription,
  lines: readonly Line[],
  { onVerified, now }: VerifyOptions,
): Promise<void> {
  const decisions = await identifyBodies(
    aws.lambda,
    consumer,
    lines.map(({ body }) => body),
  );
  const keys = decisions.flatMap((decision) => ('key' in decision ? decision.key : []));
  const found = await getRecords(aws.dynamoDb, partsOfArn(consumer.records).name, keys);
  const records = new Map(found.map((record) => [record.id, record]));
  for (const [index, { line, source, id }] of lines.entries()) {
    const decision = decisions[index];
    if (decision === undefined) continue;
    const about = { consumer: consumer.consumer, line, source, id };
    if ('error' in decision) {
      const { code, message } = decision.error;
      onVerified({ ...about, verdict: 'refused', why: `${code}: ${message}` });
    } else if (!decision.wanted) onVerified({ ...about, verdict: 'ignored' });
    else onVerified({ ...about, ...judge(records.get(decision.key), decision.fingerprint, now) });
  }
}

function judge(
  record: SeenRecord | undefined,
  fingerprint: string,
  now: number,
): Pick<Verified, 'verdict' | 'why'> {
  if (record === undefined) return { verdict: 'missing' };
  if (record.expiration !== undefined && record.expiration * 1000 <= now) return { verdict: 'expired' };
  if (haveOtherContent(record.fingerprint, fingerprint)) {
    return { verdict: 'conflicting', why: 'other content was applied under this id' };
  }
  const why = record.lastError;
  switch (record.status) {
    case 'COMPLETED':
      return { verdict: 'applied' };
    case 'OUTCOME_UNKNOWN':
      return { verdict: 'unknown', why };
    case 'QUARANTINED':
      return { verdict: 'dead-letter', why };
    case 'INPROGRESS':
    case 'RETRYING':
      return { verdict: 'waiting', why };
  }
}
