import type { StoredRecord } from '../../ports/record-store.ts';
import type { DeliveryAttempt } from './delivery-attempt.ts';
import type { InterpretTerms } from './interpret-record.ts';
import { Lease } from './lease.ts';

/**
 * Claims and releases a record, so that a commit or a count can follow. This is for an unknown record whose event an
 * operator sent again, and for the lease of a `reopen` that died. Exactly-once has no effect outside of its
 * transaction, so releasing the lease is safe at any point. `Reopen`, `ReopenedByAnother` in spec/OrderOnce.tla.
 */
export async function reopen(
  record: StoredRecord | undefined,
  attempt: DeliveryAttempt,
  terms: InterpretTerms,
): Promise<void> {
  if (record?.status !== 'OUTCOME_UNKNOWN' && record?.status !== 'INPROGRESS') return;
  const lease = new Lease(attempt);
  const claim = await lease.claim(terms);
  // If another delivery was faster, the next write interprets the record.
  if (claim.claimed) await lease.release('sent again by an operator', { change: 0 });
}
