import { IdempotencyRecord } from '@aws-lambda-powertools/idempotency/persistence';
import type { Claim } from './fenced-records.ts';
import type { Result } from './found-record.ts';

/**
 * Finds a call by the input object that Powertools passes back at its end, because the function may have changed the
 * input, and with it its hash. Equal strings cannot be distinguished, so a process runs only one call with a given
 * string at a time.
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

  /** Removes and returns a finished call. */
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

/** The record of a running call, in Powertools' form. */
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
      // Powertools' types distinguish absent from undefined.
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
