import type { Clock } from '../../contract/clock.ts';
import type { CloudEvent } from '../../contract/event/event-parser.ts';
import type { AttemptHistory } from '../../contract/policies/retry-policy.ts';
import type { Random } from '../../contract/random.ts';
import type { effectBrand } from '../handler/effects/effect.ts';
import type { Effect } from '../handler/effects/index.ts';
import type { PermanentError } from '../handler/errors.ts';
import type { EffectContext, NoTables, TableDeclarations } from '../handler/tables.ts';
import type {
  Delivery,
  EffectStore,
  GivenUp,
  GuaranteeName,
  KeptBody,
  RecordStore,
  StoredRecord,
} from '../ports/record-store.ts';

/**
 * Returns the effects of an event, from the event and the declared tables.
 *
 * The handler must not act itself: it runs on every delivery, and only the runtime decides whether the effects are
 * committed. The effects of earlier events of its group may not be committed yet. The result must depend only on the
 * event. If the handler refuses an event that it accepted before, that event may be applied and also be in the
 * dead-letter queue.
 *
 * The runtime copies returned lists and plain objects, so the handler may reuse them for its next event. A handler that
 * returns a promise, like any `async` function, must not reuse them, because the handler of another group can start
 * before the copy.
 */
export type EffectHandler<Event extends CloudEvent, Tables extends TableDeclarations = NoTables> = (
  event: Event,
  context: EffectContext<Tables>,
) => readonly Effect[] | Promise<readonly Effect[]>;

/** An `EffectHandler` with its tables already passed. */
export type BoundEffectHandler<Event extends CloudEvent> = (
  event: Event,
) => readonly Effect[] | Promise<readonly Effect[]>;

/**
 * A handler that acts outside of the store. Its error tells the runtime whether the effect happened: `NotExecutedError`
 * and `PermanentError` mean that it did not, any other error means that it may have.
 */
export type ExternalHandler<Event extends CloudEvent> = (
  event: Event,
  context: ExternalContext,
) => Promise<ExternalResult>;

export interface ExternalContext {
  /** The idempotency key for the called system, the same on every attempt of an event: 64 hexadecimal digits. */
  readonly idempotencyKey: string;
  /** Milliseconds until `signal` is aborted. Calls of the handler should time out earlier. */
  remainingTime(): number;
  /**
   * Aborted with a `DeadlineError` shortly before the invocation ends. Pass it to every call that you await:
   * `fetch(url, { signal })`, `client.send(command, { abortSignal: signal })`. The effect of an aborted call may have
   * happened, so do not catch its error: the guarantee decides what follows. If the call was never made, throw a
   * `NotExecutedError`.
   */
  readonly signal: AbortSignal;
}

/**
 * The result of an external handler, which is stored in the record. Lists and effects are not allowed, because nothing
 * commits the effects of an external handler.
 */
export type ExternalResult =
  // biome-ignore lint/suspicious/noConfusingVoidType: a handler may return nothing.
  void | null | undefined | string | number | bigint | boolean | NoEffects;

/** Any object except a list or an effect. The texts appear in compiler errors and name the fix. */
interface NoEffects {
  toString(): string;
  readonly length?: 'only exactlyOnce() commits effects: choose it, or return something else than a list';
  readonly [effectBrand]?: 'only exactlyOnce() commits effects: choose it, or return something else';
}

/** The handlers by kind of guarantee. */
export interface Handlers<Event extends CloudEvent> {
  readonly effects: BoundEffectHandler<Event>;
  readonly external: ExternalHandler<Event>;
}
export type HandlerKind = 'effects' | 'external';

/** One delivery of an event to its handler. */
export interface Task<Event extends CloudEvent> extends Job {
  readonly event: Event;
}

/** One delivery, without its event. Its record is that of an event, or of a body that the parser has not read yet. */
export interface Job {
  /** Whether this error is counted as a failed attempt, because the event itself seems to have caused it. */
  readonly isOwnFailure: (error: unknown) => boolean;
  /** Logs a failure that changes no outcome. */
  readonly warn: (what: string, error: unknown) => void;
  /**
   * Returns the part of the body that the record of an unknown outcome stores. Copies a body that is too large for a
   * record to the dead-letter queue.
   *
   * @param attempt The record's owner token, which also identifies the copy.
   * @throws The error of the dead-letter queue.
   */
  readonly keepBody: (attempt: string, reason: string) => Promise<KeptBody>;
  readonly identity: Omit<Delivery, 'guarantee' | 'now' | 'expiration' | 'nextTryAt' | 'earlier'>;
  /** Returns the latest time of the message's next try, in ms since the epoch. @param now Milliseconds since the epoch. */
  readonly nextTryAt: (now: number) => number;
  /**
   * Returns this event's fingerprint, calculated with the algorithm that a record's fingerprint names.
   *
   * @param named The record's fingerprint.
   * @returns `undefined` if this version does not know the algorithm.
   */
  readonly fingerprintLike: (named: string) => string | undefined;
  /** The guarantees that this consumer had before. An event that was completed under one of them is a duplicate. */
  readonly formerly: readonly GuaranteeName[];
  /** The owner token of the OUTCOME_UNKNOWN record, if an operator sent this message again to resolve it. */
  readonly resendToken: string | undefined;
  /** Milliseconds since the epoch: the end of the invocation. */
  readonly endsAt: number;
  /** Milliseconds since the epoch: no new request starts after it. */
  readonly deadlineAt: number;
  /**
   * Whether the attempt is counted before the handler starts. This is for a suspect, because a crash cannot be counted
   * afterwards. The count is taken back if the attempt ends for a reason that the event did not cause.
   */
  readonly countsBeforeHandler: boolean;
  /**
   * Milliseconds since the epoch: the latest start of a handler that is counted before it starts. A later one could be
   * cut off by the end of the invocation.
   */
  readonly latestHandlerStartAt: number;
  /** Whether the handler may start after these attempts. If not, the delivery ends with a `NeverEndedError`. */
  readonly canStartHandler: (past: AttemptHistory) => boolean;
}

/**
 * The handler must end this long before the deadline of its delivery, in ms. That leaves time to cancel a pending
 * request, and to record its outcome with more than one try.
 */
export const handlerMarginMs = 200;

/** The dependencies of a guarantee. */
export interface Tools {
  readonly store: EffectStore;
  /** How long a completed record is valid, in seconds. */
  readonly recordTtlSeconds: number;
  readonly clock: Clock;
  readonly random: Random;
}

/** `Tools` with a store that cannot commit effects. */
export type RecordTools = Omit<Tools, 'store'> & { readonly store: RecordStore };

/** Replaces the consumer's store by the guarantee's own store, if it has one. */
export function withStoreOf<Own extends RecordStore>(
  { store }: { readonly store?: Own | undefined },
  tools: Tools,
): Omit<Tools, 'store'> & { readonly store: Own | EffectStore } {
  return { ...tools, store: store ?? tools.store };
}

/** The result of a delivery. */
export type Verdict =
  | {
      readonly outcome: 'applied';
      /** Number of stale effects; absent for none. */
      readonly stale?: number;
    }
  /** The event was applied before. `result`: the first handler's result, as JSON text. */
  | {
      readonly outcome: 'duplicate';
      readonly appliedWith: string | undefined;
      readonly result: string | undefined;
      /** Whether this message blocked its group, because it counted as other content of the event. */
      readonly hasBlocked?: boolean;
    }
  | { readonly outcome: 'conflict'; readonly applied: string; readonly received: string }
  /** This message was given up before, and its copy is in the dead-letter queue. */
  | { readonly outcome: 'quarantined'; readonly reason: string }
  /** The effect may have happened. The record is OUTCOME_UNKNOWN, and only an operator changes it. */
  | {
      readonly outcome: 'unknown';
      readonly reason: string;
      /** The handler's error that left the outcome unknown. */
      readonly error?: unknown;
      /**
       * If the body is too large for the record: the owner token and the message id of the copy in the dead-letter
       * queue.
       */
      readonly keptWith?: Pick<StoredRecord, 'ownerToken' | 'messageId'>;
    }
  /** There is no record, and the message is so old that the record may have expired. */
  | { readonly outcome: 'out-of-window' }
  /** Another delivery holds the lease until `leaseUntil` (ms since the epoch). */
  | { readonly outcome: 'leased'; readonly leaseUntil: number }
  /** The attempt failed because of the event, as far as is known, and was counted. */
  | { readonly outcome: 'tried'; readonly error: unknown; readonly history: AttemptHistory }
  /** The handler refused the event, or the condition of a `raw` effect failed. */
  | { readonly outcome: 'refused'; readonly error: PermanentError }
  /** The lease of this delivery ended, and another delivery has changed the record. */
  | {
      readonly outcome: 'fenced';
      readonly reason: string;
      /** The handler's error, if it failed. */
      readonly error?: unknown;
    };

/** The guarantee of a consumer. docs/guarantees.md lists what can still go wrong under each. */
export interface Guarantee<Kind extends HandlerKind> {
  readonly name: GuaranteeName;
  readonly kind: Kind;
  /** Its own store of records. `undefined`: the record table of the function's environment. See `withStoreOf`. */
  readonly store: RecordStore | undefined;
  settle<Event extends CloudEvent>(
    task: Task<Event>,
    handle: Handlers<Event>[Kind],
    tools: Tools,
  ): Promise<Verdict>;
  /**
   * Settles consecutive deliveries of one group together, with the same result as one after the other: see `fold`.
   * Absent if the guarantee cannot do this. Suspects are never among the tasks.
   *
   * @returns The verdicts of the first deliveries, in order. The next delivery without a verdict is settled alone.
   * @throws The error of `settle` if the store does not answer; then no delivery is settled.
   */
  fold?<Event extends CloudEvent>(
    tasks: readonly Task<Event>[],
    handle: Handlers<Event>[Kind],
    tools: Tools,
  ): Promise<readonly Verdict[]>;
  /**
   * Records that the event was given up. Called after its copy was sent to the dead-letter queue.
   * @returns Whether the record lists the copy for operators. A record of other content, or of an applied event, does not.
   * @throws StoreBusyError if the store stayed contended until the deadline; the error of the store.
   */
  quarantine(task: Job, reason: GivenUp, tools: Tools): Promise<boolean>;
  /**
   * Returns the verdict of an event's record without a call of the handler, for an event that the deployed consumer
   * cannot read. An unfinished record whose effect may have happened becomes OUTCOME_UNKNOWN.
   *
   * @returns `undefined` if the record does not decide.
   * @throws ConfigurationError if the consumer must not decide by the record: then the message waits. StoreBusyError if
   *   the store is contended; the error of the store.
   */
  findVerdict(task: Job, tools: Tools): Promise<Verdict | undefined>;
  /**
   * Decides about an event that its handler refused with a permanent error.
   *
   * @param leavesRecord Whether to leave a record, so that an operator's skip can be stored in it.
   * @returns `refused`, or the verdict that the record already holds. An applied event is a duplicate, even if its
   *   handler refuses it now.
   * @throws ConfigurationError if the consumer must not decide by the record: then the message waits. The error of the
   *   store.
   */
  refuse(
    task: Job,
    error: PermanentError,
    tools: Tools,
    terms: { readonly leavesRecord: boolean },
  ): Promise<Verdict>;
  /**
   * Records that the message blocks its group, and returns whether an operator skips it.
   * @throws StoreBusyError if the store is contended; the error of the store.
   */
  isSkipped(task: Job, tools: Tools): Promise<boolean>;
}
