import type { GuaranteeName } from '../../contract/policies/guarantee-names.ts';
import type { AttemptHistory } from '../../contract/policies/retry-policy.ts';
import type { ConsumerHistory } from '../../contract/record/history.ts';
import type { AttemptState, RecordStatus } from '../../contract/record/record-attributes.ts';
import type { EffectWrite } from '../handler/effects/index.ts';

export { type GuaranteeName, guaranteeNames } from '../../contract/policies/guarantee-names.ts';

/** One delivery of one event, with the values that it writes into records. */
export interface Delivery {
  /** The idempotency key. */
  readonly id: string;
  /** Fingerprint of the event's content, by the current algorithm. Every record that the delivery writes has it. */
  readonly fingerprint: string;
  /**
   * Fingerprint of the same content, by the algorithm that the record names. A record with this fingerprint belongs to
   * the same event too.
   * @default - the record was not read yet, or names the algorithm of `fingerprint`
   */
  readonly earlierFingerprint?: string | undefined;
  /**
   * Owner token: a random text, made once per delivery before its first write, and the same for every try of the
   * delivery.
   */
  readonly ownerToken: string;
  readonly consumer: string;
  readonly source: string;
  readonly eventId: string;
  readonly messageGroup: string;
  readonly sequence?: string | undefined;
  /** The event's subject. @default - it has none, or one that no index takes: it must have 1 to 2,048 bytes */
  readonly subject?: string | undefined;
  readonly messageId: string;
  readonly guarantee: GuaranteeName;
  /**
   * Milliseconds since the epoch. A store with its own clock (Redis) uses that clock instead, and returns its time:
   * `Refusal`.
   */
  readonly now: number;
  /** Seconds since the epoch: expiration of a record that is written now. */
  readonly expiration: number;
  /**
   * Whether the message is young enough that no record of its event can have expired (the idempotency window). Outside
   * of the window an absent or expired record proves nothing, and no write may treat the event as new.
   */
  readonly insideWindow: boolean;
  /** Milliseconds since the epoch: the latest time of the message's next try if it stays in its queue. */
  readonly nextTryAt: number;
}

/** A record as read from the store. */
export interface StoredRecord {
  readonly status: RecordStatus;
  /** Seconds since the epoch; absent for a record that does not expire (OUTCOME_UNKNOWN). */
  readonly expiration?: number | undefined;
  readonly fingerprint: string;
  readonly ownerToken?: string | undefined;
  /** Number of attempts that the event itself made fail, and of attempts of a suspect that never finished. */
  readonly attempts?: number | undefined;
  /** State of the attempt that was counted last. */
  readonly attemptState?: AttemptState | undefined;
  /** Milliseconds since the epoch. */
  readonly firstAttemptAt?: number | undefined;
  /** Milliseconds since the epoch: when the lease of an INPROGRESS record ends. */
  readonly leaseUntil?: number | undefined;
  readonly guarantee?: GuaranteeName | undefined;
  readonly messageId?: string | undefined;
  /** Message group of the delivery that created the record; absent if another library created it. */
  readonly messageGroup?: string | undefined;
  /** The stored result of the handler, as JSON text; see `encodeResult`. */
  readonly result?: string | undefined;
  readonly lastError?: string | undefined;
  /** The event's body, stored with OUTCOME_UNKNOWN. */
  readonly body?: string | undefined;
  /** The attributes of its message, stored with the body: see `KeptBody`. */
  readonly messageAttributes?: string | undefined;
  /** Id of the SQS message that last blocked its group. */
  readonly blocked?: string | undefined;
  /** SHA-256 of a body that is too large for a record: see `KeptBody`. */
  readonly bodySha256?: string | undefined;
  /** Id of the SQS message that an operator skips. */
  readonly skip?: string | undefined;
  /** Where operators find the record: see `attentionKey`. Absent if nobody has to look at it. */
  readonly attention?: string | undefined;
  /** Milliseconds since the epoch: when `attention` was last written. */
  readonly attentionAt?: number | undefined;
  /** The reason code of a copy in the dead-letter queue. */
  readonly attentionCode?: string | undefined;
  /** Milliseconds since the epoch: see `Delivery`. */
  readonly nextTryAt?: number | undefined;
  /** Format of the record; absent means 1. */
  readonly format?: number | undefined;
}

/** The condition of a write failed, and nothing was written. */
export interface Refusal {
  /** `undefined` if there is no record, or no longer. */
  readonly record: StoredRecord | undefined;
  /**
   * Milliseconds since the epoch: the time of a store that decides by its own clock. The times in its record are on
   * that clock too. Absent if the delivery's `now` decided.
   */
  readonly now?: number | undefined;
}

export interface Exists extends Refusal {
  readonly kind: 'exists';
}

/**
 * Another try within the same invocation can succeed: after throttling, a conflicting transaction, or a lost answer.
 * The write may have happened; the record's `attempt` shows it.
 */
export interface Contended {
  readonly kind: 'contended';
  readonly cause: unknown;
}

export interface ClaimTerms {
  /** Milliseconds since the epoch: when the lease ends. */
  readonly leaseUntil: number;
  /** Whether an ended lease may be taken over (at-least-once) or not (at-most-once). */
  readonly takeOver: boolean;
  /**
   * Milliseconds since the epoch. A claim over an existing record, whatever its status, needs a `first_attempt_at`
   * after this, because the called system has forgotten older idempotency keys. -Infinity for a system that never
   * forgets.
   */
  readonly firstAttemptAfter?: number | undefined;
  /**
   * The `attempt` of an OUTCOME_UNKNOWN record whose event an operator sent again. The claim then accepts that record
   * too, whatever its first attempt and guarantee, and sets its first attempt to now. Without it no claim accepts an
   * unknown outcome.
   */
  readonly resendToken?: string | undefined;
  /** The `expiration` of an expired record to replace; the claim succeeds only if the record still carries it. */
  readonly expectedExpiration?: number | undefined;
  /**
   * Whether the same write also counts an attempt. `attempt_state` becomes STARTED, and stays so if the attempt never
   * finishes.
   * @default - no attempt is counted, and `attempt_state` is removed
   */
  readonly countsAttempt?: boolean | undefined;
}

export interface ReleaseTerms {
  /** Number that is added to `attempts`. */
  readonly change: number;
  /**
   * Whether this delivery counted its attempt before the handler. Such an attempt is released only while it is STARTED,
   * with the status RETRYING (after `countAttempt`) or INPROGRESS (after `claim`). So a repeated release takes the
   * count back only once.
   * @default false
   */
  readonly wasCounted?: boolean | undefined;
  /**
   * The new `attempt_state`.
   * @default - none
   */
  readonly state?: AttemptState | undefined;
  /** Whether status and lease do not change, because the completion may be on its way to the record. */
  readonly keepsLease?: boolean | undefined;
  /**
   * Whether nothing waits for another try: the parser has read the body. The record is then not listed for operators.
   * @default false
   */
  readonly isDone?: boolean | undefined;
}

/** An attempt to count. STARTED: its handler has not started yet. FAILED: it ended with `lastError`. */
export type CountedAttempt =
  | { readonly state: 'STARTED'; readonly lastError?: never }
  | { readonly state: 'FAILED'; readonly lastError: string };

/** `past`: the earlier attempts in the record; none if there was no record. */
export type ClaimAnswer = { readonly kind: 'claimed'; readonly past: AttemptHistory } | Exists | Contended;

/**
 * The answer to a write of an owner, or to a write over a dead owner. `fenced` contains the record of the current
 * owner.
 */
export type OwnerAnswer = { readonly kind: 'written' } | (Refusal & { readonly kind: 'fenced' }) | Contended;

export type BlockAnswer =
  /** `skip`: the record's attribute. */
  | { readonly kind: 'blocked'; readonly skip: string | undefined }
  | (Refusal & { readonly kind: 'fenced' })
  | Contended;

/**
 * What an OUTCOME_UNKNOWN record stores of its message, so that an operator can send it again: body and attributes, or the
 * SHA-256 (hex) of the body if both are too large for a record. The dead-letter queue already has a copy of such a
 * message, sent by the same delivery.
 */
export type KeptBody =
  | {
      readonly body: string;
      /** JSON: see `keptAttributes`. */
      readonly messageAttributes?: string;
      readonly bodySha256?: never;
    }
  | { readonly body?: never; readonly messageAttributes?: never; readonly bodySha256: string };

/** Why an event or a message goes to the dead-letter queue. */
export interface GivenUp {
  /** The reason code. */
  readonly code: string;
  readonly message: string;
}

/** A message without a record of its own, for the list of operators. */
export interface ListedMessage
  extends Partial<Pick<Delivery, 'source' | 'eventId' | 'sequence' | 'subject'>> {
  readonly consumer: string;
  readonly messageId: string;
  readonly messageGroup: string;
  /** BLOCKED: it blocks its group. DEAD_LETTER: its copy is in the dead-letter queue. */
  readonly state: 'BLOCKED' | 'DEAD_LETTER';
  readonly reason: GivenUp;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Milliseconds since the epoch, for BLOCKED: see `Delivery`. */
  readonly nextTryAt?: number | undefined;
  /** Seconds since the epoch: when the entry ends. */
  readonly expiration: number;
}

export type QuarantineAnswer = { readonly kind: 'quarantined' } | Exists | Contended;

/**
 * A store of records. "The same fingerprint" means that the record has the delivery's `fingerprint` or
 * `earlierFingerprint`.
 *
 * A record whose `format` is higher than `knownFormat` refuses every write, even if it has expired.
 *
 * Operators find records by their `attention`. Each write of RETRYING, QUARANTINED or OUTCOME_UNKNOWN sets it, and so
 * does a claim that counts an attempt. COMPLETED and a release that `isDone` remove it. Other claims and `block` keep it.
 *
 * Each call is one atomic step in one round trip. After `contended` or a rejection it is unknown whether the write
 * happened; the record's `attempt` shows it.
 *
 * A failure that may pass within seconds (throttling, a lost connection, a recovering server) is answered as
 * `contended`, and tried again until the deadline. *A rejection means that no other try of this invocation can
 * succeed*: a missing permission or table, or a bug. The delivery then fails at once, and its message is delivered
 * again after the visibility timeout. Only `complete` and `holdUnknown` are tried again even then, because they may
 * hold the only trace of an effect.
 */
export interface RecordStore {
  /**
   * Writes INPROGRESS, attempt = mine, if the record
   * - is absent or has expired, inside of the window (an expired record that still exists must match
   *   `expectedExpiration`), or
   * - is RETRYING, or QUARANTINED for another message, or INPROGRESS with its lease over where `takeOver` says so; with
   *   the same fingerprint and guarantee, an expiration to come, and its first attempt after `firstAttemptAfter`, or
   * - is the unknown outcome of `resendToken`, with the same fingerprint.
   */
  claim(delivery: Delivery, terms: ClaimTerms): Promise<ClaimAnswer>;
  /**
   * Writes COMPLETED, if attempt = mine and the status is INPROGRESS or OUTCOME_UNKNOWN.
   * @param result See `encodeResult`.
   */
  complete(delivery: Delivery, result: string): Promise<OwnerAnswer>;
  /**
   * Writes RETRYING, if attempt = mine and the status is INPROGRESS, or under the conditions of `ReleaseTerms`. An
   * absent record counts as released.
   * @param terms How the count of attempts changes.
   */
  release(delivery: Delivery, lastError: string, terms: ReleaseTerms): Promise<OwnerAnswer>;
  /**
   * Writes OUTCOME_UNKNOWN with the body. It does not change `attempt`, so that a slow owner may still complete, and it
   * removes the expiration. The record must be RETRYING, QUARANTINED or INPROGRESS of the same event. A record of
   * another owner must not have expired (a record without an expiration has not), and the lease of an INPROGRESS record
   * must have ended.
   * @param seen The attempt and the status of the unfinished record that was read: this delivery's own, or a dead
   *   owner's.
   */
  holdUnknown(
    delivery: Delivery,
    seen: { readonly ownerToken: string | undefined; readonly status: RecordStatus },
    kept: KeptBody,
    lastError: string,
  ): Promise<OwnerAnswer>;
  /**
   * Writes QUARANTINED for this message and resets the attempts to 0, under the conditions of `commit`. The copy is
   * already in the dead-letter queue.
   * @param expectedExpiration The `expiration` of an expired record to replace, as for `claim`.
   */
  quarantine(delivery: Delivery, reason: GivenUp, expectedExpiration?: number): Promise<QuarantineAnswer>;
  /** Reads the record, strongly consistent. */
  find(id: string): Promise<StoredRecord | undefined>;
  /**
   * Writes COMPLETED over the OUTCOME_UNKNOWN with this `attempt`, because an operator found that the effect happened.
   */
  resolveDone(
    id: string,
    attempt: string,
    times: { readonly now: number; readonly expiration: number },
  ): Promise<OwnerAnswer>;
  /**
   * Writes the id of the message that blocks its group into `blocked` of an existing record, whatever its status, and
   * changes nothing else. The answer contains the record's `skip`, so that a blocking message needs one round trip.
   */
  block(id: string, messageId: string): Promise<BlockAnswer>;
  /**
   * Writes the message's id into `skip`, for an operator, if it is in the record's `blocked` and the message was not
   * settled since (COMPLETED, QUARANTINED or OUTCOME_UNKNOWN for this message).
   */
  skip(id: string, messageId: string): Promise<OwnerAnswer>;
  /**
   * Writes an item under `letterKey` that lists a message without a record of its own. It replaces an earlier entry of
   * the message. Absent in a store that tools cannot list.
   */
  list?(message: ListedMessage): Promise<void>;
  /**
   * Takes the entry of a message off the list, and lets it expire. Does nothing if there is none. Absent in a store that
   * tools cannot list.
   * @param now Milliseconds since the epoch.
   */
  unlist?(consumer: string, messageId: string, now: number): Promise<void>;
  /**
   * Writes a consumer's history under `historyKey`, if there is none. It never expires. Absent in a store that tools
   * cannot read.
   *
   * @returns The history in the store: this one, or an earlier one.
   * @throws The error of the store, also if another try can succeed.
   */
  recordHistory?(history: ConsumerHistory): Promise<ConsumerHistory>;
}

/** A versioned effect that is not newer than the stored item. */
export interface StaleEffect {
  /** Position of the effect in the list of the commit, from 0. */
  readonly index: number;
  /** The stored version, in digits. */
  readonly held: string;
}

/** `past` as for `ClaimAnswer`. */
export type CountAnswer = { readonly kind: 'counted'; readonly past: AttemptHistory } | Exists | Contended;

/** One delivery of a commit. */
export interface Commit {
  readonly delivery: Delivery;
  /** The `expiration` of an expired record to replace. The commit succeeds only if the record still has it. */
  readonly expectedExpiration?: number | undefined;
  /** The result that the record stores; see `encodeResult`. */
  readonly result?: string | undefined;
}

export type CommitAnswer =
  | { readonly kind: 'committed' }
  /** Nothing was written. `found`: the refusals of records, in the order of the deliveries. */
  | { readonly kind: 'exists'; readonly found: readonly (Refusal | undefined)[] }
  | Contended
  /** Nothing was written, only because the stored items of these effects are newer. */
  | { readonly kind: 'stale'; readonly effects: readonly StaleEffect[] }
  | Refused;

/** Nothing was written, and the store will refuse the same effects again. */
export interface Refused {
  readonly kind: 'refused';
  /**
   * `condition`: the condition of a `raw` effect failed, so the handler itself refused the event. `request`: the store
   * refuses such a request; another version of the handler or of a table may fix it.
   */
  readonly by: 'condition' | 'request';
  /** Positions of the refused effects, from 0; empty if the store does not name them. */
  readonly effects: readonly number[];
  /** Why the effects were refused. */
  readonly reason: string;
  readonly cause?: unknown;
}

/** A store that commits records and effects in one transaction. */
export interface EffectStore extends RecordStore {
  /**
   * Writes COMPLETED into all records, with the effects, if each record is absent (inside the window) or waits for a
   * retry (RETRYING, or QUARANTINED for another message) with the same fingerprint and guarantee.
   *
   * The condition of a `raw` effect is never confused with a version condition: if it fails, the commit is `refused`,
   * even if other effects are stale.
   * @param commits One commit, or those of a fold; each for another record.
   * @param effects The effects of all commits, each on another item. With the records at most 100 (AWS:
   *   "TransactWriteItems"). An empty increment (`by` is `{}`) writes nothing.
   * @throws ConfigurationError for an effect without a table name, a table that does not exist, or a missing
   *   permission. No event is to blame, so the message waits.
   */
  commit(commits: readonly Commit[], effects: readonly EffectWrite[]): Promise<CommitAnswer>;
  /**
   * Writes RETRYING and adds one attempt, under the conditions of `commit`, unless the record already has a count of
   * this delivery: its `attempt` and an `attempt_state`.
   * @param expectedExpiration As for `Commit`.
   */
  countAttempt(
    delivery: Delivery,
    attempt: CountedAttempt,
    expectedExpiration?: number,
  ): Promise<CountAnswer>;
}
