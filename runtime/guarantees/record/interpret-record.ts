import type { ConfigurationError } from '../../../contract/errors.ts';
import type { RecordStatus } from '../../../contract/record-attributes.ts';
import type { Delivery, Refusal, StoredRecord } from '../../ports/record-store.ts';
import { isKnownFormat, laterFormat } from '../../stores/record-format.ts';
import type { Job, Verdict } from '../guarantee.ts';
import { otherGuarantee, unknownAlgorithm } from './misconfigured.ts';

/** What a record that refused a write means for the delivery that met it. */
export type RecordState =
  /** An earlier write of this very delivery, whose answer was lost. */
  | { readonly kind: 'mine'; readonly record: StoredRecord }
  | { readonly kind: 'verdict'; readonly verdict: Verdict }
  /** The write may be tried again; `expectedExpiration` is the expired life to replace. */
  | {
      readonly kind: 'again';
      readonly expectedExpiration: number | undefined;
      readonly record: StoredRecord | undefined;
    }
  /** This consumer, as it is deployed and configured, must not decide by the record: the message waits. */
  | { readonly kind: 'misconfigured'; readonly error: ConfigurationError }
  /** Whether it happened cannot be told: the record has to become OUTCOME_UNKNOWN. */
  | { readonly kind: 'unclear'; readonly record: StoredRecord; readonly reason: string };

/** What a delivery writes and goes on from. */
const ownStatuses: ReadonlySet<RecordStatus> = new Set(['RETRYING', 'INPROGRESS', 'COMPLETED']);

export interface InterpretTerms {
  /** Whether a lease that is over may be taken over. */
  readonly takeOver: boolean;
  readonly firstAttemptAfter?: number | undefined;
  readonly resendToken?: string | undefined;
}

/**
 * The order of the questions matters: each one takes for granted what the earlier ones ruled out.
 *
 * Times are compared on the clock that refused the write. By another one a lease that stands for the store may seem to
 * be over, and a delivery would knock until its deadline.
 *
 * Each answer is an action: `FindLeased`, `FindSettled`, `FindMine`, `FindForeign`, `FindUnclear`, `FindExpired`,
 * `FindChanged` in spec/OrderOnce.tla.
 *
 * @param mine The delivery as it was told to the store.
 */
export function interpretRecord(
  { record, now }: Refusal,
  mine: Delivery,
  terms: InterpretTerms,
  { fingerprintLike, formerly }: Pick<Job, 'fingerprintLike' | 'formerly'>,
): RecordState {
  const ahead = (now ?? mine.now) - mine.now;
  if (record === undefined) return absent(mine, undefined);
  // Before all else, its expiration included: what a later format means by them is not known here.
  if (!isKnownFormat(record)) return misconfigured(laterFormat(mine.id, record));
  // The token is made once per delivery, nobody else has it.
  if (record.ownerToken === mine.ownerToken && ownStatuses.has(record.status))
    return { kind: 'mine', record };
  // TTL deletion lags by days: what has expired is gone, whether the store has deleted it or not.
  if (record.expiration !== undefined && record.expiration <= (mine.now + ahead) / 1000) {
    return absent(mine, record);
  }
  if (record.fingerprint !== mine.fingerprint) {
    // Compared by the algorithm that the record names: a record outlives the code that wrote it.
    const received = fingerprintLike(record.fingerprint);
    if (received === undefined) return misconfigured(unknownAlgorithm(mine.id, record));
    if (received !== record.fingerprint) {
      return verdict({ outcome: 'conflict', applied: record.fingerprint, received });
    }
  }
  switch (record.status) {
    case 'COMPLETED':
      // Another consumer of the same name may have completed it: then this one has yet to apply the event.
      if (record.guarantee !== undefined && ![mine.guarantee, ...formerly].includes(record.guarantee)) {
        return misconfigured(otherGuarantee(record.guarantee, mine));
      }
      return verdict(duplicateOf(record));
    case 'OUTCOME_UNKNOWN':
      if (terms.resendToken !== undefined && record.ownerToken === terms.resendToken) return again(record);
      return verdict(unknownOf(record));
    case 'INPROGRESS':
      return unfinishedLease(record, mine, terms, ahead);
    case 'QUARANTINED':
      // Its copy is in the dead-letter queue; only a redrive, which has another id, runs again.
      if (record.messageId === mine.messageId) {
        return verdict({ outcome: 'quarantined', reason: record.lastError ?? 'its record says so' });
      }
      return runnable(record, mine, terms, ahead);
    case 'RETRYING':
      return runnable(record, mine, terms, ahead);
  }
}

function absent(mine: Delivery, expired: StoredRecord | undefined): RecordState {
  if (!mine.insideWindow) return verdict({ outcome: 'out-of-window' });
  return { kind: 'again', expectedExpiration: expired?.expiration, record: expired };
}

/** @param ahead How far the clock that decided is ahead of the delivery's, in ms. */
function unfinishedLease(
  record: StoredRecord,
  mine: Delivery,
  terms: InterpretTerms,
  ahead: number,
): RecordState {
  // Ours always has an end. No store takes over what has none, so waiting for it would never end either.
  if (record.leaseUntil === undefined) return unclear(record, 'Its lease has no end');
  const leaseUntil = record.leaseUntil - ahead;
  if (leaseUntil > mine.now) return verdict({ outcome: 'leased', leaseUntil });
  const state = runnable(record, mine, terms, ahead);
  if (state.kind === 'unclear' || terms.takeOver) return state;
  return unclear(record, 'Its owner ended without a word: the effect may have happened');
}

/** Whether a record that waits for another try may have one. */
function runnable(
  record: StoredRecord,
  mine: Delivery,
  { firstAttemptAfter }: InterpretTerms,
  ahead: number,
): RecordState {
  // Ours always has one. No store lets anybody begin over what has none.
  if (record.expiration === undefined) return unclear(record, 'It was left without an expiration');
  // What "unfinished" means differs: RETRYING may have happened under at-least-once, and nobody repeats that here.
  if (record.guarantee !== mine.guarantee) {
    return unclear(
      record,
      `It was begun as ${record.guarantee ?? 'another library'} and met by ${mine.guarantee}`,
    );
  }
  if (firstAttemptAfter !== undefined && !((record.firstAttemptAt ?? 0) - ahead > firstAttemptAfter)) {
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
