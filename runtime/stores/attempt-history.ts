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

/**
 * The attempts before this delivery, in a record that it has written already, and whose answer was lost. The state of the
 * attempt before is overwritten by then.
 * @param counted Whether that write counted an attempt.
 */
export function historyOfOwnWrite(record: StoredRecord, counted: boolean): AttemptHistory {
  const { attempts, firstAttemptAt } = historyOf(record, 0);
  return { attempts: attempts - Number(counted), firstAttemptAt };
}

/** The attempts with one that failed now. */
export function includingThisAttempt({ attempts, firstAttemptAt }: AttemptHistory): AttemptHistory {
  return { attempts: attempts + 1, firstAttemptAt };
}
