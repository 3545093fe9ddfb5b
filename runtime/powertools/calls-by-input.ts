import { IdempotencyRecord } from '@aws-lambda-powertools/idempotency/persistence';
import type { Claim } from './fenced-records.ts';
import type { Result } from './found-record.ts';

/**
 * Calls by the very input that Powertools hands back when a call is over; an input that its function changed has
 * another hash by then. Equal strings can't be told apart: of those a process runs one at a time.
 */
export class CallsByInput<Call> {
  readonly #byObject = new WeakMap<object, Call>();
  readonly #byValue = new Map<unknown, Call>();

  get(input: unknown): Call | undefined {
    return this.#of(input).get(input as object);
  }

  set(input: unknown, call: Call): void {
    this.#of(input).set(input as object, call);
  }

  /** The call, which is over. */
  take(input: unknown): Call | undefined {
    const call = this.get(input);
    this.#of(input).delete(input as object);
    return call;
  }

  #of(input: unknown): Pick<Map<unknown, Call>, 'get' | 'set' | 'delete'> {
    const isObject = typeof input === 'object' && input !== null;
    return isObject ? (this.#byObject as WeakMap<WeakKey, Call> as Map<unknown, Call>) : this.#byValue;
  }
}

/** The record of a call that is at work, as Powertools knows it. */
export class HeldRecord extends IdempotencyRecord {
  readonly claim: Claim;
  /** Milliseconds since the epoch. */
  readonly firstAttemptAt: number;

  constructor(claim: Claim, firstAttemptAt: number) {
    super({
      idempotencyKey: claim.key,
      status: 'INPROGRESS',
      expiryTimestamp: claim.expiration,
      payloadHash: claim.fingerprint,
      // Absent is not the same to Powertools' types as undefined.
      ...(claim.leaseUntil !== undefined && { inProgressExpiryTimestamp: claim.leaseUntil }),
    });
    this.claim = claim;
    this.firstAttemptAt = firstAttemptAt;
  }

  completed(responseData: Result, expiryTimestamp: number): IdempotencyRecord {
    const { key: idempotencyKey, fingerprint: payloadHash } = this.claim;
    return new IdempotencyRecord({
      idempotencyKey,
      status: 'COMPLETED',
      expiryTimestamp,
      payloadHash,
      responseData,
    });
  }
}
