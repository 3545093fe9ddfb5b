import type { StoredRecord } from '../stores/record-store.ts';
import type { JudgeTerms } from './judge.ts';
import type { Lease } from './lease.ts';

/**
 * Neither a commit nor a count takes over an unknown record that an operator sent again, or the lease of a `reopen` that
 * died. Outside of the transaction exactly-once does nothing, so giving the lease back is safe at any point.
 */
export async function reopen(lease: Lease, terms: JudgeTerms): Promise<void> {
  const claim = await lease.claim(terms);
  // Where another one was faster, the next write finds out what to make of it.
  if (claim.claimed) await lease.release('sent again by an operator', claim.past.attempts);
}

export function needsReopening(record: StoredRecord | undefined): boolean {
  return record?.status === 'OUTCOME_UNKNOWN' || record?.status === 'INPROGRESS';
}
