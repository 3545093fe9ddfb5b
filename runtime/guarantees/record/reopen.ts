import type { StoredRecord } from '../../ports/record-store.ts';
import type { JudgeTerms } from './interpret-record.ts';
import type { Lease } from './lease.ts';

/**
 * Neither a commit nor a count takes over an unknown record that an operator sent again, or the lease of a `reopen` that
 * died. Outside of the transaction exactly-once does nothing, so giving the lease back is safe at any point.
 * `Reopen`, `ReopenedByAnother` in spec/OrderOnce.tla.
 */
export async function reopen(lease: Lease, terms: JudgeTerms): Promise<void> {
  const claim = await lease.claim(terms);
  // Where another one was faster, the next write finds out what to make of it.
  if (claim.claimed) await lease.release('sent again by an operator', { change: 0 });
}

export function needsReopening(record: StoredRecord | undefined): boolean {
  return record?.status === 'OUTCOME_UNKNOWN' || record?.status === 'INPROGRESS';
}
