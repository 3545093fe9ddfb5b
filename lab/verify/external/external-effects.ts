import type { EventKey } from '../expectation.ts';
import type { HeldRecord } from '../tables.ts';

/** The observed effects outside of the tables: for each event, one text per effect. */
export type SeenEffects = ReadonlyMap<EventKey, readonly string[]>;

export interface ExternalEffectsComparison {
  /** Number of effects beyond the first one of each event. */
  readonly doubled: number;
  readonly problems: readonly string[];
}

/**
 * Compares effects outside of the tables with the expected ones. A missing effect is a problem, unless the event's
 * outcome is recorded as unknown.
 *
 * @param what The name of such an effect, for example "charge".
 * @param expected The expected text of each effect, by event.
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
    if (!expected.has(key)) problems.push(`an unexpected ${what} for event ${key}`);
  }
  return { doubled, problems };
}
