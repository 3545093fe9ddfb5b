import type { StoredRecord } from '../../ports/record-store.ts';
import type { DeliveryAttempt } from './delivery-attempt.ts';
import type { InterpretTerms } from './interpret-record.ts';
import { Lease } from './lease.ts';

/**
 * Neither a commit nor a count takes over an unknown record that an operator sent again, or the lease of a `reopen` that
 * died. Outside of the transaction exactly-once does nothing, so giving the lease back is safe at any point.
 * `Reopen`, `ReopenedByAnother` in spec/OrderOnce.tla.
 */
export async function reopen(
  record: StoredRecord | undefined,
  attempt: DeliveryAttempt,
  terms: InterpretTerms,
): Promise<void> {
  if (record?.status !== 'OUTCOME_UNKNOWN' && record?.status !== 'INPROGRESS') return;
  const lease = new Lease(attempt);
  const claim = await lease.claim(terms);
  // Where another one was faster, the next write finds out what to make of it.
  if (claim.claimed) await lease.release('sent again by an operator', { change: 0 });
}
