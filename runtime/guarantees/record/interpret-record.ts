import type { ConfigurationError } from '../../../contract/errors.ts';
import type { RecordStatus } from '../../../contract/record-attributes.ts';
import type { Delivery, Refusal, StoredRecord } from '../../ports/record-store.ts';
import { isKnownFormat, laterFormat } from '../../stores/record-format.ts';
import type { Job, Verdict } from '../guarantee.ts';
import { otherGuarantee, unknownAlgorithm } from './misconfigured.ts';

/** What a record that refused a write means for the delivery. */
export type RecordState =
  /** The record holds an earlier write of this delivery, whose answer was lost. */
  | { readonly kind: 'mine'; readonly record: StoredRecord }
  | { readonly kind: 'verdict'; readonly verdict: Verdict }
  /** The write may be tried again; `expectedExpiration` is the expiration of the expired record to replace. */
  | {
      readonly kind: 'again';
      readonly expectedExpiration: number | undefined;
      readonly record: StoredRecord | undefined;
    }
  /** This consumer, as it is deployed and configured, must not decide by the record, so the message waits. */
  | { readonly kind: 'misconfigured'; readonly error: ConfigurationError }
  /** It is unclear whether the effect happened: the record must become OUTCOME_UNKNOWN. */
  | { readonly kind: 'unclear'; readonly record: StoredRecord; readonly reason: string };

/** The statuses that a delivery writes and continues from. */
const ownStatuses: ReadonlySet<RecordStatus> = new Set(['RETRYING', 'INPROGRESS', 'COMPLETED']);

export interface InterpretTerms {
  /** Whether an ended lease may be taken over. */
  readonly takeOver: boolean;
  readonly firstAttemptAfter?: number | undefined;
  readonly resendToken?: string | undefined;
}

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
  // First of all, even before the expiration: the meaning of a later format's attributes is not known here.
  if (!isKnownFormat(record)) return misconfigured(laterFormat(mine.id, record));
  // Each delivery makes its own token, so no other delivery has this one.
  if (record.ownerToken === mine.ownerToken && ownStatuses.has(record.status))
    return { kind: 'mine', record };
  // TTL deletes days late: an expired record counts as absent, whether the store has deleted it or not.
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
      // Another consumer with the same name may have completed it. This one has then not applied the event yet.
      if (record.guarantee !== undefined && ![mine.guarantee, ...formerly].includes(record.guarantee)) {
        return misconfigured(otherGuarantee(record.guarantee, mine));
      }
      return verdict(duplicateOf(record));
    case 'OUTCOME_UNKNOWN':
      if (terms.resendToken !== undefined && record.ownerToken === terms.resendToken) return again(record);
      return verdict(unknownOf(record));
    case 'INPROGRESS':
      return unfinishedLease(record, mine, terms, aheadMs);
    case 'QUARANTINED':
      // The message's copy is in the dead-letter queue. Only a redrive, which has another message id, runs again.
      if (record.messageId === mine.messageId) {
        return verdict({ outcome: 'quarantined', reason: record.lastError ?? 'its record says so' });
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
  // A lease of this library always has an end. No store takes over a lease without one, so waiting would never end.
  if (record.leaseUntil === undefined) return unclear(record, 'Its lease has no end');
  const leaseUntil = record.leaseUntil - aheadMs;
  if (leaseUntil > mine.now) return verdict({ outcome: 'leased', leaseUntil });
  const state = runnable(record, mine, terms, aheadMs);
  if (state.kind === 'unclear' || terms.takeOver) return state;
  return unclear(record, 'Its owner ended without a word: the effect may have happened');
}

/** Whether a record that waits for a retry may be retried. */
function runnable(
  record: StoredRecord,
  mine: Delivery,
  { firstAttemptAfter }: InterpretTerms,
  aheadMs: number,
): RecordState {
  // A record of this library always has an expiration. No store starts a new attempt over a record without one.
  if (record.expiration === undefined) return unclear(record, 'It was left without an expiration');
  // An unfinished record has another meaning under another guarantee: under at-least-once, an effect in RETRYING may
  // have happened, so at-most-once must not repeat it.
  if (record.guarantee !== mine.guarantee) {
    return unclear(
      record,
      `It was begun as ${record.guarantee ?? 'another library'} and met by ${mine.guarantee}`,
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

function unknownOf({
  lastError = 'its record says so',
  bodySha256,
  ownerToken,
  messageId,
}: StoredRecord): Verdict {
  const keptWith = bodySha256 === undefined ? {} : { keptWith: { ownerToken, messageId } };
  return { outcome: 'unknown', reason: lastError, ...keptWith };
}

function duplicateOf({ messageId, result }: StoredRecord): Verdict {
  return { outcome: 'duplicate', appliedWith: messageId, result };
}
