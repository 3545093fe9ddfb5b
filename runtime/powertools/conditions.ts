import { KNOWN_FORMAT } from '../stores/dynamodb/conditions.ts';

/*
 * The clauses of the layer's conditions, with the timeline that each guards. `#name` is an attribute of the record,
 * `:name` a value. C1, C2 are calls with one key.
 */

/** Without it: C1 and C2 both find nothing, both write, both run. */
const ABSENT = 'attribute_not_exists(#id)';

/** Without it: C1 completes, C2 comes again and takes over what is done. */
const IN_PROGRESS = '#status = :inProgress';

/** TTL deletes days after `expiration`. Without it: C2 continues a life that is over, with its first attempt. */
const LIVE = '#expiration > :nowSeconds';

/** C1 died or is late. Without it: C2 runs beside C1. A record without a lease is never taken over. */
const LEASE_OVER = '#inProgressExpiration <= :now';

/** The lease of a record of ours has room for clocks that differ; one of plain Powertools has none, so it gets it. */
const WITH_ROOM = 'attribute_exists(#attempt)';
const LEASE_LONG_OVER = '#inProgressExpiration <= :nowLessSkew';

/** Without it: C1 dies, C2 comes with the same key and another body, and takes C1's place. */
const SAME_PAYLOAD = '#validation = :fingerprint';

/** Plain Powertools with payload validation off wrote nothing to compare with; with an empty expression, empty text. */
const NO_PAYLOAD = 'attribute_not_exists(#validation)';
const EMPTY_PAYLOAD = '#validation = :empty';

/** Without it: C1's lease ends, C2 takes over; C1 wakes and completes, releases or deletes what C2 is working on. */
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

/** What the owner of a claim does with it. It needs no look at the expiration: nobody else has its attempt. */
export const MAY_SETTLE = `${MINE} AND ${IN_PROGRESS} AND ${KNOWN_FORMAT}`;
