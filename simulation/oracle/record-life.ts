import type { Delivery, StoredRecord } from '../../runtime/ports/record-store.ts';
import type { Contents } from './contents.ts';

/**
 * Checks a change of a record, from its content before and after the write. Times are those of the writing delivery.
 *
 * @returns The violation, or `undefined`.
 */
export function wrongStep(
  before: StoredRecord | undefined,
  after: StoredRecord | undefined,
  mine: Delivery,
  resendToken: string | undefined,
  contents: Pick<Contents, 'areSame'>,
): string | undefined {
  if (after === undefined) return before && 'a record was deleted';
  const isExpired = before?.expiration !== undefined && before.expiration <= Math.floor(mine.now / 1000);
  const attemptsBefore = (isExpired ? undefined : before?.attempts) ?? 0;
  const isTaken = after.ownerToken !== before?.ownerToken;
  if (isTaken && after.attemptState !== undefined && (after.attempts ?? 0) <= attemptsBefore) {
    return 'it has the state of an attempt that another delivery counted';
  }
  if (before === undefined || isExpired) {
    if (after.ownerToken === mine.ownerToken && before?.ownerToken === mine.ownerToken) return undefined;
    return mine.insideWindow ? undefined : 'a life began out of the window';
  }
  if (!contents.areSame(before.fingerprint, after.fingerprint)) return 'another event took its place';
  const isMine = before.ownerToken === mine.ownerToken;
  // An unknown outcome whose event an operator sent again may continue under any guarantee.
  if (before.status !== 'OUTCOME_UNKNOWN' && before.guarantee !== after.guarantee) {
    return 'what was begun under another guarantee went on';
  }
  switch (before.status) {
    case 'COMPLETED':
      return 'what was completed changed';
    case 'OUTCOME_UNKNOWN':
      if (after.status === 'COMPLETED') {
        return isMine ? undefined : 'an unknown outcome was completed by somebody else';
      }
      return before.ownerToken === resendToken ? undefined : 'an unknown outcome began again by itself';
    case 'INPROGRESS':
      return isMine ? undefined : takenFrom(before, after, mine);
    case 'QUARANTINED':
      return after.status !== 'QUARANTINED' && before.messageId === mine.messageId
        ? 'what was quarantined began again for the same message'
        : undefined;
    case 'RETRYING':
      return undefined;
  }
}

function takenFrom(before: StoredRecord, after: StoredRecord, mine: Delivery): string | undefined {
  if (after.status === 'COMPLETED' || after.status === 'RETRYING') return "another's claim was settled";
  if (before.leaseUntil === undefined || before.leaseUntil > mine.now) return 'a live lease was taken';
  if (after.status === 'OUTCOME_UNKNOWN' && after.ownerToken !== before.ownerToken)
    return 'its owner was locked out';
  return undefined;
}
