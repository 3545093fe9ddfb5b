/*
 * The clauses of every condition, one constant each, with the timeline that it guards. `#name` is an attribute of
 * the record, `:name` a value; `expression.ts` fills in both. D1, D2 are deliveries of one event. spec/Conditions.tla has
 * the same clauses, for a model that checks every order of the steps.
 */

/** Nobody has seen the event. Without it: D1 and D2 both find nothing, both write, both run. */
const ABSENT = 'attribute_not_exists(#id)';

/**
 * TTL deletes days after `expiration`. Without it: D1 leaves RETRYING, its life ends, D2 comes as a new event and
 * inherits the fingerprint, attempts and first attempt of another life.
 */
const LIVE = '#expiration > :nowSeconds';

/**
 * No record of ours is unfinished and without an end, so nobody begins over one. But whoever meets it must be able to
 * hold it for an operator. Without it: neither is possible, and its message comes again for ever.
 */
const NO_EXPIRATION = 'attribute_not_exists(#expiration)';

/**
 * Without it: D1 is released, D2 comes with the same key and other content, and is applied as if it were D1. Without the
 * earlier fingerprint: D1 is released, a deployment changes the algorithm, D2 comes with the same content, and no
 * condition ever takes its record.
 */
const SAME_EVENT = '#validation IN (:fingerprint, :earlier)';

/**
 * Without it: D1 sends a mail under at-least-once, its answer is lost, it is RETRYING; a deployment makes the consumer
 * at-most-once; D2 runs, and there is a second mail.
 */
const SAME_GUARANTEE = '#guarantee = :guarantee';

/** Tried, and its owner said that it did not happen or may happen again. */
const RELEASED = '#status = :retrying';

/**
 * Given up, and sent again by an operator. Without the message id: the copy goes to the dead-letter queue, the record
 * says so, the acknowledgement is lost; the same message comes again and runs, while its copy waits for a redrive.
 */
const REDRIVEN = '#status = :quarantined AND #messageId <> :messageId';

/** The owner died or is late. Without the lease: D2 runs beside D1. What is late is fenced by its `attempt`. */
const LEASE_OVER = '#inProgressExpiration <= :now';
/** Powertools leaves such records where it knows no end of the invocation. */
const NO_LEASE = 'attribute_not_exists(#inProgressExpiration)';

/**
 * Providers forget idempotency keys. Without it: D1 charges, dies; D2 comes when the provider has forgotten the key,
 * and charges again.
 */
const KEY_REMEMBERED = '#firstAttemptAt > :firstAttemptAfter';

/**
 * An operator sent this very unknown outcome again. Without the attempt: the operator's retry runs, its outcome is
 * unknown too, and a redelivery of the operator's first message runs a third time.
 */
const SENT_AGAIN = '#status = :outcomeUnknown AND #attempt = :resendToken';

/** Without it: D1's lease ends, D2 takes over; D1 wakes and completes or releases what D2 is working on. */
const MINE = '#attempt = :attempt';

/**
 * Without it: D1 counts its attempt, the answer is lost, D1 counts it again. A count of D1 stands as long as the record has
 * D1's token and a state. Whatever writes the token sets the state or removes it, so the state is D1's too:
 * - D1 reopens an unknown outcome, claim and release: the token is D1's, there is no state, and D1 counts.
 * - D1 counts, and takes the count back: the state is gone, and a count of D1 that is repeated after that counts anew.
 * - D1 counts STARTED, the release after its failure is refused, D1 counts FAILED: D1 has counted, so that is refused.
 */
const NOT_COUNTED = '(#attempt <> :attempt OR attribute_not_exists(#attemptState))';

const IN_PROGRESS = '#status = :inProgress';
const UNKNOWN = '#status = :outcomeUnknown';

/** A slow owner may say what happened even after somebody else had to write that nobody knows. */
const UNDER_WORK_OR_UNKNOWN = '#status IN (:inProgress, :outcomeUnknown)';

/**
 * Of an attempt that was counted before its handler. Without the state:
 * - D1 takes its count back, the answer is lost, D1 takes it back again: one attempt too few.
 * - D1 fails and says so (FAILED), the answer is late; D1's watchdog takes the count back: a failure that nobody counts.
 * - D1 claims without counting to reopen an unknown outcome; D1's watchdog takes back what was never counted. If the claim
 *   left the STARTED of a dead D0 in the record, this clause would let it.
 */
const COUNT_STANDS = '#status IN (:inProgress, :retrying) AND #attemptState = :started';

/** Whatever was seen must still be so. Without it: D2 sees a dead owner, D1 completes, D2 makes it unknown again. */
const UNFINISHED_AS_SEEN = '#status IN (:inProgress, :retrying, :quarantined) AND #status = :seenStatus';
const OF_SEEN_OWNER = '#attempt = :seenAttempt';
const WITHOUT_OWNER = 'attribute_not_exists(#attempt)';

/**
 * Without it: D1 is of a new version, and leaves a record with something that has yet to be done, an event to publish for
 * instance. A rollback brings the old version back. D2 is of that, knows nothing of it, and writes over it.
 */
export const KNOWN_FORMAT = '(attribute_not_exists(#format) OR #format <= :knownFormat)';

/** AND binds tighter than OR; DynamoDB refuses brackets that change nothing. */
const all = (...clauses: string[]) => clauses.join(' AND ');
const any = (...clauses: string[]) => (clauses.length > 1 ? `(${clauses.join(' OR ')})` : clauses.join());
/** Of a condition over a record that is there. */
const over = (...clauses: string[]) => all(...clauses, KNOWN_FORMAT);

/** Of two deliveries that saw the same expired record one wins; the other finds the winner's record. */
export const EXPIRED_AS_SEEN = over('#expiration = :expectedExpiration', '#expiration <= :nowSeconds');

/** Outside of the window an absent record says nothing, since the event's record may have lived and gone. */
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

/** INPROGRESS, over an unknown outcome that was sent again. It does not expire, and whoever sent it has looked. */
export const MAY_CLAIM_AGAIN = over(SENT_AGAIN, SAME_EVENT);

/** COMPLETED, by the owner. It needs no look at the expiration: nobody else has its attempt. */
export const MAY_COMPLETE = over(MINE, SAME_EVENT, UNDER_WORK_OR_UNKNOWN);

/** RETRYING, by the owner: of its lease, or of an attempt that was counted before it began. */
export function mayRelease({ wasCounted }: { readonly wasCounted: boolean }): string {
  return over(MINE, SAME_EVENT, wasCounted ? COUNT_STANDS : IN_PROGRESS);
}

/** OUTCOME_UNKNOWN: by the owner itself, or over a record that somebody else left; his lease must be over. */
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

/** Without it: a message blocks whose record could not be written, and a record comes into being that has no status. */
export const MAY_BLOCK = over('attribute_exists(#id)');

/** Without it: an operator mistypes the message's id, nobody is skipped, and its group waits on. */
const BLOCKED = '#blocked = :messageId';

/**
 * A conflict blocks over the record of another message. Without it: D1 blocks, a deployment fixes its handler and D1 is
 * applied; an operator skips it then, and believes that it went to the dead-letter queue.
 */
const NOT_SETTLED = '(#messageId <> :messageId OR #status IN (:inProgress, :retrying))';

export const MAY_SKIP = over(BLOCKED, NOT_SETTLED);
