/*
 * The clauses of every condition, one constant each, with the timeline that it prevents. `#name` is an attribute of the
 * record, `:name` a value; `expression.ts` fills in both. D1, D2 are deliveries of one event. spec/Conditions.tla has
 * the same clauses, for a model that checks every order of the steps.
 */

/** There is no record of the event. Without it: D1 and D2 both find no record, both write, both run. */
const ABSENT = 'attribute_not_exists(#id)';

/**
 * TTL deletes days after `expiration`. Without it: D1 leaves RETRYING, the record expires, D2 arrives as a new event
 * and inherits fingerprint, attempts and first attempt of the expired record.
 */
const LIVE = '#expiration > :nowSeconds';

/**
 * An unfinished record of this library always has an expiration, so no delivery starts over a record without one. But a
 * delivery must be able to mark such a record as unknown. Without it: neither is possible, and the message is delivered
 * again forever.
 */
const NO_EXPIRATION = 'attribute_not_exists(#expiration)';

/**
 * Without it: D1 is released, D2 arrives with the same key and other content, and is applied as if it were D1. Without
 * the earlier fingerprint: D1 is released, a deployment changes the algorithm, D2 arrives with the same content, and no
 * condition ever accepts its record.
 */
const SAME_EVENT = '#validation IN (:fingerprint, :earlier)';

/**
 * Without it: D1 sends a mail under at-least-once, the answer is lost, the record is RETRYING; a deployment makes the
 * consumer at-most-once; D2 runs and sends a second mail.
 */
const SAME_GUARANTEE = '#guarantee = :guarantee';

/** An attempt failed, and its owner recorded that the effect did not happen or may be repeated. */
const RELEASED = '#status = :retrying';

/**
 * The event was given up, and an operator redrove its copy. Without the message id: the copy goes to the dead-letter
 * queue, the record is QUARANTINED, the acknowledgement is lost; the same message is delivered again and runs, while
 * its copy waits for a redrive.
 */
const REDRIVEN = '#status = :quarantined AND #messageId <> :messageId';

/** The owner died or is late. Without the lease: D2 runs beside D1. A late owner is fenced by its `attempt`. */
const LEASE_OVER = '#inProgressExpiration <= :now';
/** Powertools writes such records if it does not know the end of the invocation. */
const NO_LEASE = 'attribute_not_exists(#inProgressExpiration)';

/**
 * Providers forget idempotency keys. Without it: D1 charges and dies; D2 arrives after the provider has forgotten the
 * key, and charges again.
 */
const KEY_REMEMBERED = '#firstAttemptAt > :firstAttemptAfter';

/**
 * An operator sent the event of exactly this unknown outcome again. Without the attempt: the operator's retry runs, its
 * outcome is unknown too, and a redelivery of the operator's first message runs a third time.
 */
const SENT_AGAIN = '#status = :outcomeUnknown AND #attempt = :resendToken';

/** Without it: D1's lease ends, D2 takes over; D1 wakes and completes or releases D2's record. */
const MINE = '#attempt = :attempt';

/**
 * Without it: D1 counts its attempt, the answer is lost, D1 counts it again. A count of D1 stands as long as the record
 * has D1's token and a state. Every write of the token sets or removes the state, so the state is D1's too:
 * - D1 reopens an unknown outcome, claim and release: the token is D1's, there is no state, and D1 counts.
 * - D1 counts, and takes the count back: the state is gone, and a count of D1 that is repeated after that counts anew.
 * - D1 counts STARTED, the release after its failure is refused, D1 counts FAILED: D1 has counted, so that is refused.
 */
const NOT_COUNTED = '(#attempt <> :attempt OR attribute_not_exists(#attemptState))';

const IN_PROGRESS = '#status = :inProgress';
const UNKNOWN = '#status = :outcomeUnknown';

/** A slow owner may complete its record even after another delivery marked it as unknown. */
const UNDER_WORK_OR_UNKNOWN = '#status IN (:inProgress, :outcomeUnknown)';

/**
 * For an attempt that was counted before its handler. Without the state:
 * - D1 takes its count back, the answer is lost, D1 takes it back again: one attempt too few.
 * - D1 fails and records that (FAILED), the answer is late; D1's watchdog takes the count back: the failure is not
 *   counted.
 * - D1 claims without counting, to reopen an unknown outcome; D1's watchdog takes back a count that D1 never made. If
 *   the claim left the STARTED of a dead D0 in the record, this clause would accept that.
 */
const COUNT_STANDS = '#status IN (:inProgress, :retrying) AND #attemptState = :started';

/**
 * The record must not have changed since it was read. Without it: D2 reads a dead owner's record, D1 completes it, D2
 * marks it as unknown.
 */
const UNFINISHED_AS_SEEN = '#status IN (:inProgress, :retrying, :quarantined) AND #status = :seenStatus';
const OF_SEEN_OWNER = '#attempt = :seenAttempt';
const WITHOUT_OWNER = 'attribute_not_exists(#attempt)';

/**
 * Without it: D1 runs on a new version and leaves a record with unfinished work, for example an event to publish. A
 * rollback brings back the old version. D2 runs on the old version, does not know this work, and overwrites it.
 */
export const KNOWN_FORMAT = '(attribute_not_exists(#format) OR #format <= :knownFormat)';

/** AND binds tighter than OR; DynamoDB refuses brackets that change nothing. */
const all = (...clauses: string[]) => clauses.join(' AND ');
const any = (...clauses: string[]) => (clauses.length > 1 ? `(${clauses.join(' OR ')})` : clauses.join());
/** A condition over an existing record. */
const over = (...clauses: string[]) => all(...clauses, KNOWN_FORMAT);

/** If two deliveries read the same expired record, one wins, and the other finds the winner's record. */
export const EXPIRED_AS_SEEN = over('#expiration = :expectedExpiration', '#expiration <= :nowSeconds');

/** Outside of the window an absent record proves nothing, because the event's record may have expired. */
const absent = (insideWindow: boolean) => (insideWindow ? [ABSENT] : []);

/** COMPLETED, with effects; QUARANTINED. */
export function mayCommit(insideWindow: boolean): string {
  return any(...absent(insideWindow), over(any(RELEASED, REDRIVEN), LIVE, SAME_EVENT, SAME_GUARANTEE));
}

/** RETRYING, with one attempt more. */
export function mayCount(insideWindow: boolean): string {
  const startable = any(RELEASED, REDRIVEN);
  return any(...absent(insideWindow), over(startable, LIVE, SAME_EVENT, SAME_GUARANTEE, NOT_COUNTED));
}

/** INPROGRESS. */
export function mayClaim(
  insideWindow: boolean,
  { takeOver, keysAreForgotten }: { readonly takeOver: boolean; readonly keysAreForgotten: boolean },
): string {
  const startable = any(RELEASED, REDRIVEN, ...(takeOver ? [all(IN_PROGRESS, LEASE_OVER)] : []));
  const clauses = [
    startable,
    LIVE,
    SAME_EVENT,
    SAME_GUARANTEE,
    ...(keysAreForgotten ? [KEY_REMEMBERED] : []),
  ];
  return any(...absent(insideWindow), over(...clauses));
}

/** INPROGRESS, over an unknown outcome whose event an operator sent again. Such a record does not expire. */
export const MAY_CLAIM_AGAIN = over(SENT_AGAIN, SAME_EVENT);

/** COMPLETED, by the owner. It needs no check of the expiration, because no other delivery has this attempt. */
export const MAY_COMPLETE = over(MINE, SAME_EVENT, UNDER_WORK_OR_UNKNOWN);

/** RETRYING, by the owner of a lease, or of an attempt that was counted before it started. */
export function mayRelease({ wasCounted }: { readonly wasCounted: boolean }): string {
  return over(MINE, SAME_EVENT, wasCounted ? COUNT_STANDS : IN_PROGRESS);
}

/** OUTCOME_UNKNOWN, by the owner itself, or over another owner's record whose lease is over. */
export function mayHold(seen: {
  readonly status: string;
  readonly ownerToken: string | undefined;
  readonly mine: boolean;
}) {
  const asSeen = [
    UNFINISHED_AS_SEEN,
    seen.ownerToken === undefined ? WITHOUT_OWNER : OF_SEEN_OWNER,
    SAME_EVENT,
  ];
  if (seen.mine) return over(...asSeen);
  return over(
    ...asSeen,
    any(LIVE, NO_EXPIRATION),
    ...(seen.status === 'INPROGRESS' ? [any(LEASE_OVER, NO_LEASE)] : []),
  );
}

/** COMPLETED, by an operator. */
export const MAY_RESOLVE = over(UNKNOWN, MINE);

/** Without it: a message blocks although its record could not be written, and a record without a status is created. */
export const MAY_BLOCK = over('attribute_exists(#id)');

/** Without it: an entry without anything in it is created. */
export const MAY_UNLIST = 'attribute_exists(#id)';

/** Without it: an operator mistypes the message's id, no message is skipped, and the group keeps waiting. */
const BLOCKED = '#blocked = :messageId';

/**
 * A conflict blocks over the record of another message. Without it: D1 blocks, a deployment fixes its handler, and D1
 * is applied; an operator then skips it, and believes that it went to the dead-letter queue.
 */
const NOT_SETTLED = '(#messageId <> :messageId OR #status IN (:inProgress, :retrying))';

export const MAY_SKIP = over(BLOCKED, NOT_SETTLED);
