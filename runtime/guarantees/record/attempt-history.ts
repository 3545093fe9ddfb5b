import type { Tries } from '../../../contract/policies/retry-policy.ts';
import type { Past, StoredRecord } from '../../ports/record-store.ts';

export function triesOf({ attempts = 0, firstAttemptAt = 0 }: StoredRecord): Tries {
  return { attempts, firstAttemptAt };
}

/**
 * The past of a record that this delivery has written before, and whose answer was lost. What its last error was cannot be
 * told any more.
 */
export function historyOfOwnWrite(
  { attempts = 0, firstAttemptAt = 0 }: StoredRecord,
  counted: boolean,
): Past {
  return { attempts: attempts - Number(counted), firstAttemptAt };
}
