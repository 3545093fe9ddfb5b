import { KNOWN_FORMAT } from '../stores/dynamodb/conditions.ts';

/*
 * The clauses of the layer's conditions, each with the timeline that it prevents. `#name` is an attribute of the
 * record, `:name` a value. C1, C2 are calls with one key.
 */

/** Without it: C1 and C2 both find nothing, both write, both run. */
const ABSENT = 'attribute_not_exists(#id)';

/** Without it: C1 completes, C2 arrives and takes over the completed record. */
const IN_PROGRESS = '#status = :inProgress';

/** TTL deletes days after `expiration`. Without it: C2 continues an expired record, with its first attempt. */
const LIVE = '#expiration > :nowSeconds';

/** C1 died or is late. Without it: C2 runs beside C1. A record without a lease is never taken over. */
const LEASE_OVER = '#inProgressExpiration <= :now';

/**
 * The lease of a record of this layer includes allowed clock skew. A lease of plain Powertools does not, so the skew is
 * added.
 */
const WITH_ROOM = 'attribute_exists(#attempt)';
const LEASE_LONG_OVER = '#inProgressExpiration <= :nowLessSkew';

/** Without it: C1 dies, C2 arrives with the same key and another body, and takes over C1's record. */
const SAME_PAYLOAD = '#validation = :fingerprint';

/**
 * Plain Powertools without payload validation stored nothing to compare; with an empty expression, it stored an empty
 * text.
 */
const NO_PAYLOAD = 'attribute_not_exists(#validation)';
const EMPTY_PAYLOAD = '#validation = :empty';

/** Without it: C1's lease ends, C2 takes over; C1 wakes and completes, releases or deletes C2's record. */
const MINE = '#attempt = :attempt';

const TAKE_OVER = [
  IN_PROGRESS,
  LIVE,
  LEASE_OVER,
  `(${WITH_ROOM} OR ${LEASE_LONG_OVER})`,
  `(${SAME_PAYLOAD} OR ${NO_PAYLOAD} OR ${EMPTY_PAYLOAD})`,
  KNOWN_FORMAT,
].join(' AND ');

/** INPROGRESS. AND binds tighter than OR. */
export const MAY_CLAIM = `${ABSENT} OR ${TAKE_OVER}`;

/** The writes of the owner of a claim. They need no check of the expiration, because no other call has this attempt. */
export const MAY_SETTLE = `${MINE} AND ${IN_PROGRESS} AND ${KNOWN_FORMAT}`;
