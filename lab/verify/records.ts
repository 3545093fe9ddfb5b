import type { Consumer } from '../target/consumers.ts';
import type { EventKey, Expectation } from './expectation.ts';
import type { SeenEffects } from './external/external-effects.ts';
import type { HeldRecord } from './tables.ts';

/** An unknown outcome; its record waits for an operator. */
export interface UnknownOutcome {
  readonly consumer: Consumer;
  readonly source: string;
  readonly id: string;
  readonly reason: string;
  /** Whether the effect happened, as observed in the other system. The record does not show it. */
  readonly happened: boolean;
}

export interface RecordComparison {
  /** Number of events that the consumer did not finish. */
  readonly missing: number;
  readonly unknown: readonly UnknownOutcome[];
  readonly problems: readonly string[];
}

/**
 * Compares a consumer's records with the events. Each event must be completed, recorded as unknown, or refused as
 * expected.
 * @param seen The observed effects in other systems; empty for a consumer that writes tables only.
 * @param refused The events that the consumer must refuse.
 */
export function compareRecords(
  consumer: Consumer,
  expected: Pick<Expectation, 'events'>,
  records: ReadonlyMap<EventKey, HeldRecord>,
  seen: SeenEffects = new Map(),
  refused: ReadonlySet<EventKey> = new Set(),
): RecordComparison {
  const problems: string[] = [];
  const unknown: UnknownOutcome[] = [];
  let missing = 0;
  for (const key of expected.events.keys()) {
    const record = records.get(key);
    if (record?.status === (refused.has(key) ? 'QUARANTINED' : 'COMPLETED')) continue;
    if (record?.status === 'OUTCOME_UNKNOWN') {
      const [source, id] = JSON.parse(key) as [string, string];
      unknown.push({ consumer, source, id, reason: record.lastError, happened: seen.has(key) });
      continue;
    }
    missing += 1;
    problems.push(`${consumer}: no ${refused.has(key) ? 'quarantined' : 'completed'} record of event ${key}`);
  }
  for (const [key, { fingerprint }] of records) {
    const published = expected.events.get(key);
    if (published === undefined) {
      problems.push(`${consumer}: a record of event ${key}, which was never published`);
    } else if (published !== fingerprint) {
      problems.push(`${consumer}: event ${key} was applied with other content`);
    }
  }
  return { missing, unknown, problems };
}
