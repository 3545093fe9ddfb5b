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
  GuaranteeName,
  KeptBody,
  RecordStore,
  StoredRecord,
} from '../ports/record-store.ts';

/**
 * What an event does inside the store: a function from the event, and the declared tables, to its effects. It must not act outside of them,
 * since it runs on every delivery, and the runtime alone decides whether the effects are committed; those of the events
 * before it in its group may not be yet. It depends on the event alone: where it refuses an event that it accepted
 * before, that event is applied and yet in the dead-letter queue. Lists and plain objects that it returns are copied, so
 * it may fill the same ones for its next event. Where it returns a promise, as any `async` function does, it may not: the
 * handler of another group can begin before the copy.
 */
export type EffectHandler<Event extends CloudEvent, Tables extends TableDeclarations = NoTables> = (
  event: Event,
  context: EffectContext<Tables>,
) => readonly Effect[] | Promise<readonly Effect[]>;

/** A handler of effects that has its tables. */
export type BoundEffectHandler<Event extends CloudEvent> = (
  event: Event,
) => readonly Effect[] | Promise<readonly Effect[]>;

/**
 * What an event does outside of the store. What it throws tells the runtime what is known: `NotExecutedError` and
 * `PermanentError` say that nothing happened, any other error that it may have.
 */
export type ExternalHandler<Event extends CloudEvent> = (
  event: Event,
  context: ExternalContext,
) => Promise<ExternalResult>;

export interface ExternalContext {
  /** The same on every attempt of one event, for the system that the handler calls: 64 hexadecimal digits. */
  readonly idempotencyKey: string;
  /** Milliseconds until `signal` is aborted; what the handler calls should time out before. */
  remainingTime(): number;
  /**
   * Is aborted with a `DeadlineError` shortly before the invocation ends. Pass it on to what waits: `fetch(url, { signal
   * })`, `client.send(command, { abortSignal: signal })`. A call that was given up may have happened, so let its error
   * through as it is: the guarantee decides what follows. One that was never made is a `NotExecutedError`.
   */
  readonly signal: AbortSignal;
}

/**
 * Is stored, and told to duplicates. No list and no effect: nothing commits effects of an external handler, so a list that
 * holds one fails the attempt.
 */
export type ExternalResult =
  // biome-ignore lint/suspicious/noConfusingVoidType: a handler may have nothing to tell.
  void | null | undefined | string | number | bigint | boolean | NoEffects;

/** Any object but a list and an effect. The texts stand in the compiler's message, and say what to do. */
interface NoEffects {
  toString(): string;
  readonly length?: 'only exactlyOnce() commits effects: choose it, or return something else than a list';
  readonly [effectBrand]?: 'only exactlyOnce() commits effects: choose it, or return something else';
}

/** What a guarantee calls, by its kind. */
export interface Handlers<Event extends CloudEvent> {
  readonly effects: BoundEffectHandler<Event>;
  readonly external: ExternalHandler<Event>;
}
export type HandlerKind = 'effects' | 'external';

/** One delivery of one event, to its handler. */
export interface Task<Event extends CloudEvent> extends Job {
  readonly event: Event;
}

/** One delivery of what a record is kept of: of an event, or of a body that no parser has read yet. */
export interface Job {
  /** Whether an attempt that ended with this error failed by the event's own fault, as far as can be told. */
  readonly isOwnFailure: (error: unknown) => boolean;
  /** Logs what went wrong and changes no outcome. */
  readonly warn: (what: string, error: unknown) => void;
  /**
   * What the record of an unknown outcome keeps of the body; one that fits no record is in the dead-letter queue then.
   *
   * @param attempt The record's.
   * @throws Whatever the dead-letter queue throws.
   */
  readonly keepBody: (attempt: string, reason: string) => Promise<KeptBody>;
  readonly identity: Omit<Delivery, 'guarantee' | 'now' | 'expiration' | 'earlier'>;
  /**
   * The fingerprint of the event by the algorithm that a record's names; `undefined` for one that this code does not
   * know.
   */
  readonly fingerprintLike: (named: string) => string | undefined;
  /** Guarantees that this consumer had before: what was completed under one of them is a duplicate. */
  readonly formerly: readonly GuaranteeName[];
  /** The `attempt` of the unknown record that an operator sent this message again for. */
  readonly resendToken: string | undefined;
  /** Milliseconds since the epoch: when the invocation ends, finished or not. */
  readonly end: number;
  /** Milliseconds since the epoch: nothing new begins after it. */
  readonly deadline: number;
  /**
   * Whether its attempt is counted before its handler begins: it is a suspect, which may end its process, and nothing is
   * counted after that. What ends the attempt by no fault of the event takes the count back.
   */
  readonly countsBeforeHandler: boolean;
  /** Milliseconds since the epoch: such a handler begins no later, or it may be cut off by no fault of its own. */
  readonly latestHandlerStart: number;
  /** Whether the handler may begin. It may not if attempts of its event never ended: see `NeverEndedError`. */
  readonly canStartHandler: (past: AttemptHistory) => boolean;
}

/**
 * How long before the deadline of a delivery its handler has to be done, in ms: time to give up a request that is
 * under way, and to record what became of it in more than one try.
 */
export const handlerMargin = 200;

/** What a guarantee works with. */
export interface Tools {
  readonly store: EffectStore;
  /** How long a completed record counts, in seconds. */
  readonly recordTtlSeconds: number;
  readonly clock: Clock;
  readonly random: Random;
}

/** The same with a store that may keep records only. */
export type RecordTools = Omit<Tools, 'store'> & { readonly store: RecordStore };

/** What became of a delivery. */
export type Verdict =
  | {
      readonly outcome: 'applied';
      /** How many of its effects were stale; absent for none. */
      readonly stale?: number;
    }
  /** Done before; `result` is what the first handler returned, as JSON text. */
  | {
      readonly outcome: 'duplicate';
      readonly appliedWith: string | undefined;
      readonly result: string | undefined;
    }
  | { readonly outcome: 'conflict'; readonly applied: string; readonly received: string }
  /** Given up before, for this very message: its copy is in the dead-letter queue. */
  | { readonly outcome: 'quarantined'; readonly reason: string }
  /** It may have happened, or not. Recorded; only an operator moves it. */
  | {
      readonly outcome: 'unknown';
      readonly reason: string;
      /** The error of the handler that left it unknown. */
      readonly error?: unknown;
      /** Where its record was found to have no room for the body: whose copy in the dead-letter queue has it. */
      readonly keptWith?: Pick<StoredRecord, 'ownerToken' | 'messageId'>;
    }
  /** No record, and too old to tell a new event from one whose record has expired. */
  | { readonly outcome: 'out-of-window' }
  /** Another delivery holds the lease until then (ms since the epoch). */
  | { readonly outcome: 'leased'; readonly leaseUntil: number }
  /** The handler failed by the event's own fault, as far as can be told, and that was counted. */
  | { readonly outcome: 'tried'; readonly error: unknown; readonly history: AttemptHistory }
  /** The handler refused the event for good, or the condition of a `raw` effect of it did. */
  | { readonly outcome: 'refused'; readonly error: PermanentError }
  /** The lease of this delivery ended and the record is another's now. */
  | {
      readonly outcome: 'fenced';
      readonly reason: string;
      /** The error of its handler, if it failed. */
      readonly error?: unknown;
    };

/** The promise that a consumer chooses; see docs/guarantees.md for what each leaves possible. */
export interface Guarantee<Kind extends HandlerKind> {
  readonly name: GuaranteeName;
  readonly kind: Kind;
  /** Where its records are. `undefined`: in the record table of the function's environment. */
  readonly store: RecordStore | undefined;
  settle<Event extends CloudEvent>(
    task: Task<Event>,
    handle: Handlers<Event>[Kind],
    tools: Tools,
  ): Promise<Verdict>;
  /**
   * Settles consecutive deliveries of one group at once, where that has the same result as settling each: see `fold`.
   * Absent where there is no such way. None of them is a suspect.
   *
   * @returns The verdicts of the first ones, in order; what has none is settled alone, from the next one on.
   * @throws Whatever `settle` throws for want of an answer; then none of them is settled.
   */
  fold?<Event extends CloudEvent>(
    tasks: readonly Task<Event>[],
    handle: Handlers<Event>[Kind],
    tools: Tools,
  ): Promise<readonly Verdict[]>;
  /**
   * Records that the event was given up, once its copy is in the dead-letter queue.
   * @throws StoreBusyError where the store stayed contended until the deadline; whatever the store throws.
   */
  quarantine(task: Job, reason: string, tools: Tools): Promise<void>;
  /**
   * What the record of an event says if its handler is not called, since the consumer cannot read the event as it is
   * deployed now. Of an unfinished record whose effect may have happened it makes an OUTCOME_UNKNOWN.
   *
   * @returns `undefined` if the record leaves it open.
   * @throws ConfigurationError if the consumer must not decide by the record: then the message waits. StoreBusyError if the
   *   store is contended; whatever the store throws.
   */
  findVerdict(task: Job, tools: Tools): Promise<Verdict | undefined>;
  /**
   * What becomes of an event that its handler refused with a permanent error.
   *
   * @param leavesRecord Whether a record is left of it: an operator's skip has to stand somewhere.
   * @returns `refused`, or what the record says already: a duplicate is one, whatever its handler says now.
   * @throws ConfigurationError if the consumer must not decide by the record: then the message waits. Whatever the store
   *   throws.
   */
  refuse(
    task: Job,
    error: PermanentError,
    tools: Tools,
    terms: { readonly leavesRecord: boolean },
  ): Promise<Verdict>;
  /**
   * Tells the record that the message blocks its group, and returns whether an operator skips it.
   * @throws StoreBusyError if the store is contended; whatever the store throws.
   */
  isSkipped(task: Job, tools: Tools): Promise<boolean>;
}
