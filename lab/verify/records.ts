import type { Consumer } from '../target/consumers.ts';
import type { EventKey, Expectation } from './expectation.ts';
import type { SeenEffects } from './external/external-effects.ts';
import type { HeldRecord } from './tables.ts';

/** An effect that may have happened or not; its record waits for an operator. */
export interface UnknownOutcome {
  readonly consumer: Consumer;
  readonly source: string;
  readonly id: string;
  readonly reason: string;
  /** What its record cannot know, and whoever looks outside can: whether it happened. */
  readonly happened: boolean;
}

export interface RecordComparison {
  /** Events that the consumer did not finish. */
  readonly missing: number;
  readonly unknown: readonly UnknownOutcome[];
  readonly problems: readonly string[];
}

/**
 * Holds a consumer's records against the events: each is completed, known to be unknown, or refused as it must be.
 * @param seen The effects that were seen outside; none for a consumer that acts in its tables.
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
