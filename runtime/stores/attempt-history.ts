import type { AttemptHistory } from '../../contract/policies/retry-policy.ts';
import type { StoredRecord } from '../ports/record-store.ts';

/**
 * The counted attempts of a record.
 * @param record `undefined` if there is no record.
 * @param now Used as the first attempt if the record has none, in milliseconds since the epoch.
 */
export function historyOf(record: StoredRecord | undefined, now: number): AttemptHistory {
  const { attempts = 0, firstAttemptAt = now, attemptState: state } = record ?? {};
  return { attempts, firstAttemptAt, ...(state !== undefined && { state }) };
}

/**
 * The attempts before this delivery, from a record that this delivery wrote without getting the answer. The state of
 * the previous attempt is already overwritten.
 * @param counted Whether that write counted an attempt.
 */
export function historyOfOwnWrite(record: StoredRecord, counted: boolean): AttemptHistory {
  const { attempts, firstAttemptAt } = historyOf(record, 0);
  return { attempts: attempts - Number(counted), firstAttemptAt };
}

/** The attempts including the one that failed now. */
export function includingThisAttempt({ attempts, firstAttemptAt }: AttemptHistory): AttemptHistory {
  return { attempts: attempts + 1, firstAttemptAt };
}
