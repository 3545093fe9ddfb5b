import type { AttemptHistory } from '../../contract/policies/retry-policy.ts';
import type { AttemptState, RecordStatus } from '../../contract/record-attributes.ts';
import type { EffectWrite } from '../handler/effects/index.ts';

/** The names of the guarantees, as records carry them. */
export const guaranteeNames = ['exactly-once', 'at-least-once', 'at-most-once'] as const;
export type GuaranteeName = (typeof guaranteeNames)[number];

/** One delivery of one event: what every record that it writes says. */
export interface Delivery {
  /** The idempotency key. */
  readonly id: string;
  /** Of the event's content, by the algorithm that new records name; every record that it begins or goes on with has it. */
  readonly fingerprint: string;
  /**
   * Of the same content, by the algorithm that the record names: a record of this fingerprint is of the same event too.
   * @default - the record was not seen yet, or names the algorithm of `fingerprint`
   */
  readonly earlierFingerprint?: string | undefined;
  /** Owner token: random per delivery, made before its first write, the same for every try of that delivery. */
  readonly ownerToken: string;
  readonly consumer: string;
  readonly source: string;
  readonly eventId: string;
  readonly messageGroup: string;
  readonly sequence?: string | undefined;
  readonly messageId: string;
  readonly guarantee: GuaranteeName;
  /** Milliseconds since the epoch. Stores with a clock of their own (Redis) use that instead, and tell it: `Refusal`. */
  readonly now: number;
  /** Seconds since the epoch: when a record written now stops to count. */
  readonly expiration: number;
  /**
   * Whether the message is young enough that no record of its event can have expired (the idempotency window).
   * Outside of it an absent or expired record says nothing, and no write may take it for "never seen".
   */
  readonly insideWindow: boolean;
}

/** What a record says to a delivery that found it. */
export interface StoredRecord {
  readonly status: RecordStatus;
  /** Seconds since the epoch; absent for a record that does not expire (OUTCOME_UNKNOWN). */
  readonly expiration?: number | undefined;
  readonly fingerprint: string;
  readonly ownerToken?: string | undefined;
  /** Attempts that failed by the event's own fault, and those of suspects that have not ended. */
  readonly attempts?: number | undefined;
  /** Of the attempt that was counted last. */
  readonly attemptState?: AttemptState | undefined;
  /** Milliseconds since the epoch. */
  readonly firstAttemptAt?: number | undefined;
  /** Milliseconds since the epoch: when the lease of an INPROGRESS record ends. */
  readonly leaseUntil?: number | undefined;
  readonly guarantee?: GuaranteeName | undefined;
  readonly messageId?: string | undefined;
  /** Of the delivery that began it; absent where another library did. */
  readonly messageGroup?: string | undefined;
  /** The stored result of the handler, as JSON text; see `encodeResult`. */
  readonly result?: string | undefined;
  readonly lastError?: string | undefined;
  /** The event's body, kept by OUTCOME_UNKNOWN. */
  readonly body?: string | undefined;
  /** The SQS message that was the last to block its group. */
  readonly blocked?: string | undefined;
  /** In place of a body that fits no record: see `KeptBody`. */
  readonly bodySha256?: string | undefined;
  /** The SQS message that an operator skips. */
  readonly skip?: string | undefined;
  /** Of the record itself; absent means 1. */
  readonly format?: number | undefined;
}

/** Why a write's own condition failed; nothing was written. */
export interface Refusal {
  /** Without a record there is none (any more). */
  readonly record: StoredRecord | undefined;
  /**
   * Milliseconds since the epoch: the time by which a store with a clock of its own decided, and that the times of
   * its record are of. Without it the delivery's `now` decided.
   */
  readonly now?: number | undefined;
}

export interface Exists extends Refusal {
  readonly kind: 'exists';
}

/**
 * Another try inside of the same invocation makes sense: throttling, another transaction on the same items, an answer
 * that was lost. So the write may have happened all the same: `attempt` tells.
 */
export interface Contended {
  readonly kind: 'contended';
  readonly cause: unknown;
}

export interface ClaimTerms {
  /** Milliseconds since the epoch: when the lease ends. */
  readonly leaseUntil: number;
  /** Whether a lease that is over may be taken over (at-least-once), or not (at-most-once). */
  readonly takeOver: boolean;
  /**
   * Milliseconds since the epoch: a claim over an existing record, whatever its status, needs a `first_attempt_at`
   * after this, since the downstream system has forgotten older idempotency keys; -Infinity for one that forgets none.
   */
  readonly firstAttemptAfter?: number | undefined;
  /**
   * The `attempt` of an OUTCOME_UNKNOWN record that an operator sent again: the claim accepts that record too,
   * whatever its first attempt and guarantee, and its first attempt is now. Without it no claim accepts an unknown.
   */
  readonly resendToken?: string | undefined;
  /** The `expiration` of an expired record to replace; the claim succeeds only if the record still carries it. */
  readonly expectedExpiration?: number | undefined;
  /**
   * Counts an attempt too, in the same write: `attempt_state` is STARTED, and stays so if the attempt never ends.
   * @default - nothing is counted, and `attempt_state` is removed
   */
  readonly countsAttempt?: boolean | undefined;
}

export interface ReleaseTerms {
  /** What is added to `attempts`. */
  readonly change: number;
  /**
   * Whether this delivery counted its attempt before the handler. Such an attempt is released only as long as it is
   * STARTED, RETRYING (by `countAttempt`) as well as INPROGRESS (by `claim`). So a release that is repeated takes back
   * the same count only once.
   * @default false
   */
  readonly wasCounted?: boolean | undefined;
  /**
   * `attempt_state` from now on.
   * @default - none
   */
  readonly state?: AttemptState | undefined;
  /** Status and lease stay as they are: what the handler did may be under way to the record. */
  readonly keepsLease?: boolean | undefined;
}

/** An attempt to count. STARTED: its handler has yet to start. FAILED: it ended, with `lastError`. */
export type CountedAttempt =
  | { readonly state: 'STARTED'; readonly lastError?: never }
  | { readonly state: 'FAILED'; readonly lastError: string };

/** `past`: what the record told of earlier attempts; without a record there were none, until now. */
export type ClaimAnswer = { readonly kind: 'claimed'; readonly past: AttemptHistory } | Exists | Contended;

/** What the owner of a claim, or whoever meets a dead one, writes; `fenced` shows whose record it is now. */
export type OwnerAnswer = { readonly kind: 'written' } | (Refusal & { readonly kind: 'fenced' }) | Contended;

export type BlockAnswer =
  /** `skip` as the record has it. */
  | { readonly kind: 'blocked'; readonly skip: string | undefined }
  | (Refusal & { readonly kind: 'fenced' })
  | Contended;

/**
 * What OUTCOME_UNKNOWN keeps of its event: the body of the message, or the SHA-256 (hex) of one that is larger than a
 * record may be. That body is in the dead-letter queue by then, in the copy of the message of the same delivery.
 */
export type KeptBody =
  | { readonly body: string; readonly bodySha256?: never }
  | { readonly body?: never; readonly bodySha256: string };

export type QuarantineAnswer = { readonly kind: 'quarantined' } | Exists | Contended;

/**
 * A store of records. "The same fingerprint" means that the record's is the delivery's `fingerprint` or its `earlier`.
 *
 * A record whose `format` is higher than `knownFormat` takes no write, whatever it says and whether it has expired: each step
 * that finds one is refused.
 *
 * Each call is one atomic step, in one round trip. Neither `contended` nor a rejection says whether
 * the write happened; the caller's `attempt` tells.
 *
 * What may pass within seconds (throttling, a lost connection, a server that recovers) is answered as `contended`, and
 * tried again until the deadline. *A rejection says that no other try of this invocation can succeed*: a missing
 * permission or table, a bug. Then the delivery fails at once, and its message comes again after the visibility
 * timeout. `complete` and `holdUnknown` alone are tried again even then: they may be all that is known of an effect.
 */
export interface RecordStore {
  /**
   * INPROGRESS, attempt = mine, if the record
   * - is absent or has expired, inside of the window; an expired one that is still there as `expectedExpiration` says, or
   * - is RETRYING, or QUARANTINED for another message, or INPROGRESS with its lease over where `takeOver` says so; with
   *   the same fingerprint and guarantee, an expiration to come, and its first attempt after `firstAttemptAfter`, or
   * - is the unknown outcome of `resendToken`, with the same fingerprint.
   */
  claim(delivery: Delivery, terms: ClaimTerms): Promise<ClaimAnswer>;
  /**
   * COMPLETED, if attempt = mine and the status is INPROGRESS or OUTCOME_UNKNOWN.
   * @param result See `encodeResult`.
   */
  complete(delivery: Delivery, result: string): Promise<OwnerAnswer>;
  /**
   * RETRYING, if attempt = mine and the status is INPROGRESS, or as `ReleaseTerms` say; an absent record counts as
   * released.
   * @param terms How it changes the count of attempts.
   */
  release(delivery: Delivery, lastError: string, terms: ReleaseTerms): Promise<OwnerAnswer>;
  /**
   * OUTCOME_UNKNOWN, keeping the body and leaving `attempt` alone, so that a slow owner may still complete; such a
   * record does not expire. Only over RETRYING, QUARANTINED or INPROGRESS of the same event; another's only if it has
   * not expired (one without an expiration has not) and, INPROGRESS, if its lease is over.
   * @param seen The unfinished record's attempt and status, as they were seen: mine, or a dead owner's.
   */
  holdUnknown(
    delivery: Delivery,
    seen: { readonly ownerToken: string | undefined; readonly status: RecordStatus },
    kept: KeptBody,
    lastError: string,
  ): Promise<OwnerAnswer>;
  /**
   * QUARANTINED for this message, its attempts back to 0: over whatever `commit` would take. The copy is in the
   * dead-letter queue by then.
   * @param expectedExpiration The `expiration` of an expired record to replace, as for `claim`.
   */
  quarantine(delivery: Delivery, lastError: string, expectedExpiration?: number): Promise<QuarantineAnswer>;
  /** The record, strongly consistent. */
  find(id: string): Promise<StoredRecord | undefined>;
  /** OUTCOME_UNKNOWN of this `attempt` to COMPLETED: an operator saw that it happened. */
  resolveDone(
    id: string,
    attempt: string,
    times: { readonly now: number; readonly expiration: number },
  ): Promise<OwnerAnswer>;
  /**
   * Names the message that blocks its group: `blocked` of an existing record, whatever its status, and nothing else of it.
   * The answer tells of a skip, so that a message that blocks costs one round trip.
   */
  block(id: string, messageId: string): Promise<BlockAnswer>;
  /**
   * An operator skips this message: `skip`, and nothing else, if the record names it as `blocked` and has not settled it
   * since (COMPLETED, QUARANTINED or OUTCOME_UNKNOWN for this very message).
   */
  skip(id: string, messageId: string): Promise<OwnerAnswer>;
}

/** A versioned effect that is not newer than what is there. */
export interface StaleEffect {
  /** Its place in the list that was to be committed, from 0. */
  readonly index: number;
  /** The version that is there: digits. */
  readonly held: string;
}

/** `past` as for `ClaimAnswer`. */
export type CountAnswer = { readonly kind: 'counted'; readonly past: AttemptHistory } | Exists | Contended;

/** One delivery of a commit. */
export interface Commit {
  readonly delivery: Delivery;
  /** The `expiration` of an expired record to replace: commits only if the record still carries it. */
  readonly expectedExpiration?: number | undefined;
  /** What the record tells of this commit; see `encodeResult`. */
  readonly result?: string | undefined;
}

export type CommitAnswer =
  | { readonly kind: 'committed' }
  /** Nothing was written: what the records say that refused, in the order of the deliveries. */
  | { readonly kind: 'exists'; readonly found: readonly (Refusal | undefined)[] }
  | Contended
  /** Nothing was written: there is something newer where these effects write, and nothing else was in the way. */
  | { readonly kind: 'stale'; readonly effects: readonly StaleEffect[] }
  | Refused;

/** Nothing was written, and the store will refuse the same effects again. */
export interface Refused {
  readonly kind: 'refused';
  /**
   * `condition`: the condition of a `raw` effect failed, so the handler itself has refused the event. `request`: the store
   * takes no such request. A deployment may change that: another handler, another key of a table.
   */
  readonly by: 'condition' | 'request';
  /** The places of the effects that are to blame, from 0; none if the store does not tell. */
  readonly effects: readonly number[];
  /** What is wrong with them. */
  readonly reason: string;
  readonly cause?: unknown;
}

/** A store that commits records and the effects of their events together, or neither. */
export interface EffectStore extends RecordStore {
  /**
   * All of them COMPLETED, if each record is absent (inside the window), or waits for another try (RETRYING, or QUARANTINED
   * for another message) with the same fingerprint and guarantee.
   *
   * A condition that an effect brings along itself (`raw`) is never mistaken for one on a version: where it fails, the
   * commit is `refused`, whatever is stale besides.
   * @param commits One, or those of a fold; no two of one record.
   * @param effects Of all of them, no two on one item. With the records at most 100 (AWS: "TransactWriteItems"). An increment
   *   of nothing (`by` is `{}`) writes nothing.
   * @throws ConfigurationError for an effect without a table name, a table that does not exist, or a missing permission:
   *   that is the fault of no event, and its message waits.
   */
  commit(commits: readonly Commit[], effects: readonly EffectWrite[]): Promise<CommitAnswer>;
  /**
   * RETRYING with one attempt more, if `commit` would take the record and no count of this delivery stands in it: the
   * record has another `attempt`, or no `attempt_state`.
   * @param expectedExpiration As for `Commit`.
   */
  countAttempt(
    delivery: Delivery,
    attempt: CountedAttempt,
    expectedExpiration?: number,
  ): Promise<CountAnswer>;
}
