import { isBodyKey } from '../../contract/event/identity.ts';
import { type AttentionState, attentionKey } from '../../contract/record/attention.ts';
import type { Delivery, StoredRecord } from '../../runtime/ports/record-store.ts';

/**
 * Checks whether operators find the record that a delivery has written, exactly as long as it needs them.
 *
 * @returns The violation, or `undefined`.
 */
export function wronglyListed(
  before: StoredRecord | undefined,
  after: StoredRecord | undefined,
  mine: Pick<Delivery, 'id' | 'consumer' | 'now'>,
): string | undefined {
  if (after === undefined) return undefined;
  const { status, attention, attemptState } = after;
  const isOver = before?.expiration !== undefined && before.expiration <= Math.floor(mine.now / 1000);
  const isListed = (state: AttentionState) => attention === attentionKey(mine.consumer, state, mine.id);
  const isIn = {
    COMPLETED: attention === undefined,
    QUARANTINED: isListed('QUARANTINED'),
    OUTCOME_UNKNOWN: isListed('OUTCOME_UNKNOWN'),
    // A body that was read waits for nothing.
    RETRYING: isListed('RETRYING') || (isBodyKey(mine.id) && attention === undefined),
    // A claim that counts nothing keeps the entry; a new life has none.
    INPROGRESS:
      attemptState === 'STARTED'
        ? isListed('RETRYING')
        : attention === (isOver ? undefined : before?.attention),
  }[status];
  return isIn ? undefined : `it is ${status}, and listed under ${attention ?? 'nothing'}`;
}
