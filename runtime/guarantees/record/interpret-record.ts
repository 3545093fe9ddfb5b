import type { ConfigurationError } from '../../../contract/errors.ts';
import type { RecordStatus } from '../../../contract/record/record-attributes.ts';
import type { ClaimTerms, Delivery, Refusal, StoredRecord } from '../../ports/record-store.ts';
import { isKnownFormat, laterFormat } from '../../stores/record-format.ts';
import type { Job, Verdict } from '../guarantee.ts';
import { otherGuarantee, unknownAlgorithm } from './misconfigured.ts';

/** What a record that refused a write means for the delivery. */
export type RecordState =
  /** The record holds an earlier write of this delivery, whose answer was lost. */
  | { readonly kind: 'mine'; readonly record: StoredRecord }
  | { readonly kind: 'verdict'; readonly verdict: Verdict }
  /**
   * The write may be tried again. `expectedExpiration`: the expiration of the expired record to replace; `undefined` if
   * no expired record is there.
   */
  | {
      readonly kind: 'again';
      readonly expectedExpiration: number | undefined;
      readonly record: StoredRecord | undefined;
    }
  /**
   * This version or configuration of the consumer does not fit the record. The message waits for another deployment.
   */
  | { readonly kind: 'misconfigured'; readonly error: ConfigurationError }
  /** It is unclear whether the effect happened: the record must become OUTCOME_UNKNOWN. */
  | { readonly kind: 'unclear'; readonly record: StoredRecord; readonly reason: string };

/** If a delivery finds its own write with one of these statuses, it continues as if the store had answered. */
const ownStatuses: ReadonlySet<RecordStatus> = new Set(['RETRYING', 'INPROGRESS', 'COMPLETED']);

/** The reason if the record has no `last_error`. */
const noReason = 'its record does not say why';

/** The terms under which a delivery may start over an existing record. */
export type InterpretTerms = Pick<ClaimTerms, 'takeOver' | 'firstAttemptAfter' | 'resendToken'>;

/**
 * Interprets a record that refused a write. The order of the checks matters: each check relies on the earlier ones.
 *
 * Times are compared on the clock of the store that refused the write. Otherwise clock skew would make a live lease
 * look ended, and the delivery would retry until its deadline.
 *
 * Each result is an action: `FindLeased`, `FindSettled`, `FindMine`, `FindForeign`, `FindUnclear`, `FindExpired`,
 * `FindChanged` in spec/OrderOnce.tla.
 *
 * @param mine The delivery that the write contained.
 */
export function interpretRecord(
  { record, now }: Refusal,
  mine: Delivery,
  terms: InterpretTerms,
  { fingerprintLike, formerly }: Pick<Job, 'fingerprintLike' | 'formerly'>,
): RecordState {
  const aheadMs = (now ?? mine.now) - mine.now;
  if (record === undefined) return absent(mine, undefined);
  // The format comes first, because this version does not know the attributes of a later format, not even its
  // expiration.
  if (!isKnownFormat(record)) return misconfigured(laterFormat(mine.id, record));
  // Each delivery creates its own owner token, so this delivery wrote the record.
  if (record.ownerToken === mine.ownerToken && ownStatuses.has(record.status))
    return { kind: 'mine', record };
  // DynamoDB deletes expired items up to days late, so an expired record counts as absent.
  if (record.expiration !== undefined && record.expiration <= (mine.now + aheadMs) / 1000) {
    return absent(mine, record);
  }
  if (record.fingerprint !== mine.fingerprint) {
    // Compare by the algorithm that the record names, because a record outlives the code that wrote it.
    const received = fingerprintLike(record.fingerprint);
    if (received === undefined) return misconfigured(unknownAlgorithm(mine.id, record));
    if (received !== record.fingerprint) {
      return verdict({ outcome: 'conflict', applied: record.fingerprint, received });
    }
  }
  switch (record.status) {
    case 'COMPLETED':
      // Another consumer with the same name may have completed it. Then this consumer has not applied the event.
      if (record.guarantee !== undefined && ![mine.guarantee, ...formerly].includes(record.guarantee)) {
        return misconfigured(otherGuarantee(record.guarantee, mine));
      }
      return verdict(duplicateOf(record, mine));
    case 'OUTCOME_UNKNOWN':
      if (terms.resendToken !== undefined && record.ownerToken === terms.resendToken) return again(record);
      return verdict(unknownOf(record));
    case 'INPROGRESS':
      return unfinishedLease(record, mine, terms, aheadMs);
    case 'QUARANTINED':
      // The copy of this message is in the dead-letter queue. A redrive of the copy has another message id, so it runs.
      if (record.messageId === mine.messageId) {
        return verdict({ outcome: 'quarantined', reason: record.lastError ?? noReason });
      }
      return runnable(record, mine, terms, aheadMs);
    case 'RETRYING':
      return runnable(record, mine, terms, aheadMs);
  }
}

function absent(mine: Delivery, expired: StoredRecord | undefined): RecordState {
  if (!mine.insideWindow) return verdict({ outcome: 'out-of-window' });
  return { kind: 'again', expectedExpiration: expired?.expiration, record: expired };
}

/** @param aheadMs How far the store's clock is ahead of the delivery's, in ms. */
function unfinishedLease(
  record: StoredRecord,
  mine: Delivery,
  terms: InterpretTerms,
  aheadMs: number,
): RecordState {
  // Every lease of this library has an end. No store takes over a lease without one, so a retry could never succeed.
  if (record.leaseUntil === undefined) return unclear(record, 'The lease of its record has no end');
  const leaseUntil = record.leaseUntil - aheadMs;
  if (leaseUntil > mine.now) return verdict({ outcome: 'leased', leaseUntil });
  const state = runnable(record, mine, terms, aheadMs);
  if (state.kind === 'unclear' || terms.takeOver) return state;
  return unclear(
    record,
    'The lease of an earlier delivery ended without a result: the effect may have happened',
  );
}

/** Whether a record that waits for a retry may be retried. */
function runnable(
  record: StoredRecord,
  mine: Delivery,
  { firstAttemptAfter }: InterpretTerms,
  aheadMs: number,
): RecordState {
  // Every unfinished record of this library has an expiration. No store starts a new attempt over a record without one.
  if (record.expiration === undefined) return unclear(record, 'Its unfinished record has no expiration');
  // An unfinished record means something else under another guarantee. For example, the effect of a RETRYING record of
  // at-least-once may have happened, so at-most-once must not repeat it.
  if (record.guarantee !== mine.guarantee) {
    return unclear(
      record,
      `An attempt under ${record.guarantee ?? 'another library'} is unfinished, and this consumer is ${mine.guarantee}`,
    );
  }
  if (firstAttemptAfter !== undefined && !((record.firstAttemptAt ?? 0) - aheadMs > firstAttemptAfter)) {
    return unclear(record, 'The provider may have forgotten the idempotency key of the first attempt');
  }
  return again(record);
}

function again(record: StoredRecord): RecordState {
  return { kind: 'again', expectedExpiration: undefined, record };
}

function misconfigured(error: ConfigurationError): RecordState {
  return { kind: 'misconfigured', error };
}

function unclear(record: StoredRecord, reason: string): RecordState {
  return { kind: 'unclear', record, reason };
}

function verdict(value: Verdict): RecordState {
  return { kind: 'verdict', verdict: value };
}

function unknownOf({ lastError = noReason, bodySha256, ownerToken, messageId }: StoredRecord): Verdict {
  const keptWith = bodySha256 === undefined ? {} : { keptWith: { ownerToken, messageId } };
  return { outcome: 'unknown', reason: lastError, ...keptWith };
}

function duplicateOf({ messageId, result, blocked }: StoredRecord, mine: Delivery): Verdict {
  const hasBlocked = blocked === mine.messageId && messageId !== mine.messageId;
  return { outcome: 'duplicate', appliedWith: messageId, result, ...(hasBlocked && { hasBlocked }) };
}
