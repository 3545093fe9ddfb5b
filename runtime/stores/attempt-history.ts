import type { AttemptHistory } from '../../contract/policies/retry-policy.ts';
import type { StoredRecord } from '../ports/record-store.ts';

/**
 * The attempts that a record tells of.
 * @param record None if it does not exist.
 * @param now Its first attempt if it names none, in milliseconds since the epoch.
 */
export function historyOf(record: StoredRecord | undefined, now: number): AttemptHistory {
  const { attempts = 0, firstAttemptAt = now, attemptState: state } = record ?? {};
  return { attempts, firstAttemptAt, ...(state !== undefined && { state }) };
}
