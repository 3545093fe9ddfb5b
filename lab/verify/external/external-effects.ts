import type { EventKey } from '../expectation.ts';
import type { HeldRecord } from '../tables.ts';

/** What happened outside of the tables: for each event, what was seen there, once for each time. */
export type SeenEffects = ReadonlyMap<EventKey, readonly string[]>;

export interface ExternalEffectsComparison {
  /** Effects beyond the first of an event. */
  readonly doubled: number;
  readonly problems: readonly string[];
}

/**
 * Holds effects outside of the tables against the events that must have them. One that is missing is a problem unless
 * the event's record says that nobody knows.
 *
 * @param what What one of them is called: "charge".
 * @param expected What each must say, by event.
 */
export function compareExternalEffects(
  what: string,
  expected: ReadonlyMap<EventKey, string>,
  seen: SeenEffects,
  records: ReadonlyMap<EventKey, HeldRecord>,
): ExternalEffectsComparison {
  const problems: string[] = [];
  let doubled = 0;
  for (const [key, text] of expected) {
    const times = seen.get(key) ?? [];
    if (times.length === 0 && records.get(key)?.status !== 'OUTCOME_UNKNOWN') {
      problems.push(`no ${what} for event ${key}`);
    }
    if (times.length > 1) {
      doubled += times.length - 1;
      problems.push(`${times.length} times a ${what} for event ${key}`);
    }
    for (const other of times.filter((one) => one !== text)) {
      problems.push(`a ${what} for event ${key} says ${other}, expected ${text}`);
    }
  }
  for (const key of seen.keys()) {
    if (!expected.has(key)) problems.push(`a ${what} for event ${key}, which asks for none`);
  }
  return { doubled, problems };
}
