import type { RecordStatus } from '../../../contract/record/record-attributes.ts';
import type { ClaimTerms, Delivery, ReleaseTerms, StoredRecord } from '../../ports/record-store.ts';
import { isKnownFormat } from '../record-format.ts';

/* What each step accepts; dynamodb/conditions.ts tells the timeline behind every clause. */

const hasExpired = ({ expiration }: StoredRecord, { now }: Pick<Delivery, 'now'>) =>
  expiration !== undefined && expiration <= Math.floor(now / 1000);

const isRedriven = ({ status, messageId }: StoredRecord, mine: Delivery) =>
  status === 'QUARANTINED' && messageId !== mine.messageId;

const isSameEvent = ({ fingerprint }: StoredRecord, mine: Delivery) =>
  fingerprint === mine.fingerprint || fingerprint === mine.earlierFingerprint;

const isUnderLease = ({ leaseUntil }: StoredRecord, { now }: Delivery) =>
  leaseUntil !== undefined && leaseUntil > now;

/** Whether the record waits for a retry of this event under this guarantee. */
function isOpen(record: StoredRecord, mine: Delivery, startable: boolean): boolean {
  const isMeant = isSameEvent(record, mine) && record.guarantee === mine.guarantee;
  return (
    isKnownFormat(record) &&
    startable &&
    isMeant &&
    record.expiration !== undefined &&
    !hasExpired(record, mine)
  );
}

/** A new record over the expired one that was read. */
export function replace(
  record: StoredRecord | undefined,
  mine: Delivery,
  expectedExpiration: number | undefined,
): boolean {
  if (record === undefined || expectedExpiration === undefined || !mine.insideWindow) return false;
  return isKnownFormat(record) && record.expiration === expectedExpiration && hasExpired(record, mine);
}

export function commit(
  record: StoredRecord | undefined,
  mine: Delivery,
  expectedExpiration: number | undefined,
): boolean {
  if (expectedExpiration !== undefined && mine.insideWindow) return false;
  if (record === undefined) return mine.insideWindow;
  return isOpen(record, mine, record.status === 'RETRYING' || isRedriven(record, mine));
}

export function count(
  record: StoredRecord | undefined,
  mine: Delivery,
  expectedExpiration: number | undefined,
): boolean {
  const isCounted = record?.ownerToken === mine.ownerToken && record.attemptState !== undefined;
  return commit(record, mine, expectedExpiration) && !isCounted;
}

export function claim(record: StoredRecord | undefined, mine: Delivery, terms: ClaimTerms): boolean {
  if (terms.expectedExpiration !== undefined && mine.insideWindow) return false;
  if (record === undefined) return mine.insideWindow;
  const { status, leaseUntil, firstAttemptAt } = record;
  const isLeaseOver = status === 'INPROGRESS' && leaseUntil !== undefined && leaseUntil <= mine.now;
  const isStartable = status === 'RETRYING' || isRedriven(record, mine) || (terms.takeOver && isLeaseOver);
  const { firstAttemptAfter } = terms;
  const isKeyRemembered =
    firstAttemptAfter === undefined ||
    firstAttemptAfter === Number.NEGATIVE_INFINITY ||
    (firstAttemptAt !== undefined && firstAttemptAt > firstAttemptAfter);
  return isKeyRemembered && isOpen(record, mine, isStartable);
}

export function claimAgain(
  record: StoredRecord | undefined,
  mine: Delivery,
  { resendToken }: ClaimTerms,
): boolean {
  if (record === undefined || resendToken === undefined || !isSameEvent(record, mine)) return false;
  return isKnownFormat(record) && record.status === 'OUTCOME_UNKNOWN' && record.ownerToken === resendToken;
}

export function complete(record: StoredRecord, mine: Delivery): boolean {
  const { status, ownerToken } = record;
  const isUnfinished = status === 'INPROGRESS' || status === 'OUTCOME_UNKNOWN';
  return isKnownFormat(record) && isUnfinished && ownerToken === mine.ownerToken && isSameEvent(record, mine);
}

export function release(record: StoredRecord, mine: Delivery, { wasCounted }: ReleaseTerms): boolean {
  const { status, ownerToken, attemptState } = record;
  const countStands = (status === 'INPROGRESS' || status === 'RETRYING') && attemptState === 'STARTED';
  const isOpen = wasCounted ? countStands : status === 'INPROGRESS';
  return isKnownFormat(record) && isOpen && ownerToken === mine.ownerToken && isSameEvent(record, mine);
}

export function hold(
  record: StoredRecord,
  mine: Delivery,
  seen: { readonly ownerToken: string | undefined; readonly status: RecordStatus },
): boolean {
  const { status, ownerToken } = record;
  if (!isKnownFormat(record)) return false;
  if (status === 'COMPLETED' || status === 'OUTCOME_UNKNOWN' || !isSameEvent(record, mine)) return false;
  if (status !== seen.status || ownerToken !== seen.ownerToken) return false;
  if (ownerToken === mine.ownerToken) return true;
  return !hasExpired(record, mine) && !(status === 'INPROGRESS' && isUnderLease(record, mine));
}

export function skip(record: StoredRecord, wanted: string): boolean {
  const { blocked, messageId, status } = record;
  if (!isKnownFormat(record)) return false;
  return blocked === wanted && (messageId !== wanted || status === 'INPROGRESS' || status === 'RETRYING');
}

export function resolve(record: StoredRecord, wanted: string): boolean {
  const { status, ownerToken } = record;
  return isKnownFormat(record) && status === 'OUTCOME_UNKNOWN' && ownerToken === wanted;
}
