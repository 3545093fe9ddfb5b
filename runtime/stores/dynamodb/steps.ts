import { type AttentionState, attentionKey, letterKey } from '../../../contract/record/attention.ts';
import type { RecordStatus } from '../../../contract/record/record-attributes.ts';
import { truncate } from '../../../contract/truncate.ts';
import type { Item } from '../../handler/effects/index.ts';
import type {
  ClaimTerms,
  Commit,
  CountedAttempt,
  Delivery,
  GivenUp,
  KeptBody,
  ListedMessage,
  ReleaseTerms,
} from '../../ports/record-store.ts';
import * as may from './conditions.ts';
import { type AttributeName, keyOf, type Sets, setting, withNamesAndValues } from './expression.ts';
import { type RecordWrite, recordItem } from './record.ts';

/** Other changes of a step. */
interface Besides {
  /** Attributes that are set only if they are absent. */
  readonly keep?: Sets;
  readonly remove?: readonly AttributeName[];
  /** Number that is added to `attempts`; 0 creates the attribute. */
  readonly count?: ReleaseTerms['change'];
}

/**
 * An Update does not change attributes that it does not name, above all `first_attempt_at`. But `attempt_state` belongs
 * to the delivery whose token the record has, so a write of a token without a state removes the earlier state: see
 * COUNT_STANDS.
 */
function update(id: string, condition: string, values: Item, sets: Sets, besides: Besides = {}): RecordWrite {
  const { keep = {}, count } = besides;
  const writesToken = 'attempt' in sets || 'attempt' in keep;
  const endsState = writesToken && sets.attemptState === undefined;
  const remove = [...(besides.remove ?? []), ...(endsState ? (['attemptState'] as const) : [])];
  const written = setting(sets);
  const kept = Object.keys(keep).map((name) => `#${name} = if_not_exists(#${name}, :keep_${name})`);
  const keptValues = Object.entries(keep).map(([name, value]) => [`keep_${name}`, value]);
  const parts = [
    `SET ${[written.sets, ...kept].join(', ')}`,
    ...(remove.length > 0 ? [`REMOVE ${remove.map((name) => `#${name}`).join(', ')}`] : []),
    ...(count === undefined ? [] : ['ADD #attempts :count']),
  ];
  return {
    Update: {
      Key: keyOf(id),
      ...withNamesAndValues(
        { UpdateExpression: parts.join(' '), ConditionExpression: condition },
        { ...values, ...written.values, ...Object.fromEntries(keptValues), count },
      ),
    },
  };
}

/** A Put, so that no attribute of the expired record stays. */
function newLife(delivery: Delivery, expectedExpiration: number, sets: Sets): RecordWrite {
  return {
    Put: {
      Item: recordItem({ id: delivery.id, ...sets, firstAttemptAt: delivery.now }),
      ...withNamesAndValues(
        { ConditionExpression: may.EXPIRED_AS_SEEN },
        { ...valuesOf(delivery), expectedExpiration },
      ),
    },
  };
}

/** The values of a delivery that the clauses use. */
function valuesOf({
  now,
  fingerprint,
  earlierFingerprint: earlier = fingerprint,
  guarantee,
  messageId,
  ownerToken: attempt,
}: Delivery) {
  return { now, nowSeconds: Math.floor(now / 1000), fingerprint, earlier, guarantee, messageId, attempt };
}

/** The attributes of the event and of the delivery that creates the record. */
function begun(delivery: Delivery): Sets {
  const { expiration, fingerprint, ownerToken: attempt, consumer, source, eventId } = delivery;
  const { messageGroup, sequence, subject, guarantee, messageId } = delivery;
  const event = { consumer, source, eventId, messageGroup, sequence, subject };
  return { ...event, guarantee, messageId, attempt, expiration, validation: fingerprint };
}

/** What an unknown outcome keeps to be sent again. */
const kept = ['body', 'messageAttributes', 'bodySha256'] as const;

/** The attributes that list a record for operators. */
const listing = ['attention', 'attentionAt', 'attentionCode', 'nextTryAt'] as const;

function listed(
  state: AttentionState,
  { id, consumer, now }: Pick<Delivery, 'id' | 'consumer' | 'now'>,
  others: Pick<Sets, 'attentionCode' | 'nextTryAt'> = {},
): Sets {
  return { attention: attentionKey(consumer, state, id), attentionAt: now, ...others };
}

/** The attributes of a record that waits for its next try. */
function waiting(delivery: Delivery): Sets {
  return listed('RETRYING', delivery, { nextTryAt: delivery.nextTryAt });
}

export function commit({ delivery, expectedExpiration, result }: Commit): RecordWrite {
  const sets = { ...begun(delivery), status: 'COMPLETED', completedAt: delivery.now, data: result };
  if (expectedExpiration !== undefined && delivery.insideWindow)
    return newLife(delivery, expectedExpiration, sets);
  const condition = may.mayCommit(delivery.insideWindow);
  return update(delivery.id, condition, valuesOf(delivery), sets, {
    keep: { firstAttemptAt: delivery.now },
    remove: ['lastError', ...listing],
  });
}

export function countAttempt(
  delivery: Delivery,
  { state, lastError }: CountedAttempt,
  expectedExpiration: number | undefined,
): RecordWrite {
  const counted = { status: 'RETRYING', attemptState: state, lastError: lastError && truncate(lastError) };
  const sets = { ...begun(delivery), ...counted, ...waiting(delivery) };
  if (expectedExpiration !== undefined && delivery.insideWindow)
    return newLife(delivery, expectedExpiration, { ...sets, attempts: 1 });
  const condition = may.mayCount(delivery.insideWindow);
  return update(delivery.id, condition, valuesOf(delivery), sets, {
    keep: { firstAttemptAt: delivery.now },
    remove: ['attentionCode'],
    count: 1,
  });
}

export function quarantine(
  delivery: Delivery,
  { code, message }: GivenUp,
  expectedExpiration: number | undefined,
): RecordWrite {
  const given = { status: 'QUARANTINED', attempts: 0, lastError: truncate(message) };
  const sets = {
    ...begun(delivery),
    ...given,
    ...listed('QUARANTINED', delivery, { attentionCode: code }),
  };
  if (expectedExpiration !== undefined && delivery.insideWindow)
    return newLife(delivery, expectedExpiration, sets);
  const condition = may.mayCommit(delivery.insideWindow);
  return update(delivery.id, condition, valuesOf(delivery), sets, {
    keep: { firstAttemptAt: delivery.now },
    remove: ['nextTryAt'],
  });
}

export function claim(delivery: Delivery, terms: ClaimTerms): RecordWrite {
  const { id, now, insideWindow } = delivery;
  const { takeOver, firstAttemptAfter, expectedExpiration } = terms;
  const sets = claimed(delivery, terms);
  const count = countOf(terms);
  if (expectedExpiration !== undefined && insideWindow)
    return newLife(delivery, expectedExpiration, { ...sets, attempts: count });
  const condition = may.mayClaim(insideWindow, {
    takeOver,
    keysAreForgotten: Number.isFinite(firstAttemptAfter),
  });
  const values = { ...valuesOf(delivery), firstAttemptAfter };
  return update(id, condition, values, sets, {
    keep: { firstAttemptAt: now },
    remove: endedBy(terms),
    count,
  });
}

/**
 * The claim of an unknown outcome whose event an operator sent again. Its first attempt is now. `ClaimAgain` in
 * spec/OrderOnce.tla.
 */
export function claimAgain(delivery: Delivery, terms: ClaimTerms, resendToken: string): RecordWrite {
  const sets = { ...claimed(delivery, terms), firstAttemptAt: delivery.now };
  const values = { ...valuesOf(delivery), resendToken };
  return update(delivery.id, may.MAY_CLAIM_AGAIN, values, sets, {
    remove: [...kept, ...endedBy(terms)],
    count: countOf(terms),
  });
}

function claimed(delivery: Delivery, { leaseUntil, countsAttempt }: ClaimTerms): Sets {
  const owned = { ...begun(delivery), status: 'INPROGRESS', inProgressExpiration: leaseUntil };
  // A counted attempt may end its process, so that nobody writes the record until the next try.
  return countsAttempt ? { ...owned, attemptState: 'STARTED', ...waiting(delivery) } : owned;
}

/** A counted attempt makes a record wait that was given up before: the reason for that no longer counts. */
function endedBy({ countsAttempt }: ClaimTerms): readonly AttributeName[] {
  return countsAttempt ? ['attentionCode'] : [];
}

function countOf({ countsAttempt }: ClaimTerms): 0 | 1 {
  return countsAttempt ? 1 : 0;
}

export function complete(delivery: Delivery, result: string): RecordWrite {
  const { id, now, expiration } = delivery;
  const sets = { status: 'COMPLETED', data: result, completedAt: now, expiration };
  const unfinished = ['inProgressExpiration', ...kept, 'lastError', 'attemptState'] as const;
  const remove = [...unfinished, ...listing];
  return update(id, may.MAY_COMPLETE, valuesOf(delivery), sets, { remove });
}

export function release(
  delivery: Delivery,
  lastError: string,
  { change, wasCounted = false, state, keepsLease = false, isDone = false }: ReleaseTerms,
): RecordWrite {
  const { id, expiration } = delivery;
  const entry = isDone ? {} : waiting(delivery);
  const released = keepsLease ? {} : { status: 'RETRYING', expiration, ...entry };
  const sets = { lastError: truncate(lastError), attemptState: state, ...released };
  return update(id, may.mayRelease({ wasCounted }), valuesOf(delivery), sets, {
    remove: [
      ...(keepsLease
        ? []
        : (['inProgressExpiration', ...(isDone ? listing : ['attentionCode' as const])] as const)),
      ...(state === undefined ? (['attemptState'] as const) : []),
    ],
    count: change,
  });
}

export function holdUnknown(
  delivery: Delivery,
  seen: { readonly ownerToken: string | undefined; readonly status: RecordStatus },
  content: KeptBody,
  lastError: string,
): RecordWrite {
  const condition = may.mayHold({ ...seen, mine: seen.ownerToken === delivery.ownerToken });
  const values = { ...valuesOf(delivery), seenAttempt: seen.ownerToken, seenStatus: seen.status };
  const sets = {
    status: 'OUTCOME_UNKNOWN',
    ...content,
    lastError: truncate(lastError),
    messageId: delivery.messageId,
    ...listed('OUTCOME_UNKNOWN', delivery),
  };
  return update(delivery.id, condition, values, sets, {
    // Keeps the owner's token, so that the owner may still complete. A record without a token gets one, because
    // `resolve` needs it.
    keep: { attempt: delivery.ownerToken },
    remove: ['expiration', 'inProgressExpiration', 'attentionCode', 'nextTryAt'],
  });
}

export function resolveDone(
  id: string,
  attempt: string,
  { now, expiration }: { readonly now: number; readonly expiration: number },
): RecordWrite {
  const sets = { status: 'COMPLETED', completedAt: now, expiration };
  return update(id, may.MAY_RESOLVE, { attempt }, sets, { remove: [...kept, ...listing] });
}

export function skip(id: string, messageId: string): RecordWrite {
  return update(id, may.MAY_SKIP, { messageId }, { skip: messageId });
}

export function block(id: string, messageId: string): RecordWrite {
  return update(id, may.MAY_BLOCK, {}, { blocked: messageId });
}

export function unlist(consumer: string, messageId: string, now: number): RecordWrite {
  const sets = { expiration: Math.floor(now / 1000) };
  return update(letterKey(consumer, messageId), may.MAY_UNLIST, {}, sets, { remove: listing });
}

/** A Put without a condition: the entry of a message has one writer at a time, and its last state is right. */
export function list({ messageId, reason, state, nextTryAt, ...message }: ListedMessage): RecordWrite {
  const id = letterKey(message.consumer, messageId);
  const { consumer, source, eventId, messageGroup, sequence, subject, expiration } = message;
  const entry = listed(state, { id, consumer, now: message.now }, { attentionCode: reason.code, nextTryAt });
  const event = { consumer, source, eventId, messageGroup, sequence, subject };
  return {
    Put: {
      Item: recordItem({
        id,
        ...event,
        messageId,
        expiration,
        lastError: truncate(reason.message),
        ...entry,
      }),
    },
  };
}
