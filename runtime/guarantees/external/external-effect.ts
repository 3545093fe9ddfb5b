import type { CloudEvent } from '../../../contract/event/event-parser.ts';
import { sha256 } from '../../../contract/event/identity.ts';
import type { AttemptHistory } from '../../../contract/policies/retry-policy.ts';
import {
  describe,
  NeverEndedError,
  NotExecutedError,
  PermanentError,
  StoreBusyError,
} from '../../handler/errors.ts';
import type { GuaranteeName, RecordStore } from '../../ports/record-store.ts';
import { includingThisAttempt } from '../../stores/attempt-history.ts';
import { encodeResult } from '../../stores/result.ts';
import type {
  ExternalHandler,
  ExternalResult,
  Guarantee,
  Job,
  RecordTools,
  Task,
  Tools,
  Verdict,
} from '../guarantee.ts';
import { handlerMarginMs, withStoreOf } from '../guarantee.ts';
import { DeliveryAttempt, leaseEndsAt, type OwnerWrite } from '../record/delivery-attempt.ts';
import { findVerdict } from '../record/find-record.ts';
import { isSkipped } from '../record/find-skip.ts';
import type { InterpretTerms } from '../record/interpret-record.ts';
import { Lease } from '../record/lease.ts';
import { recordQuarantine } from '../record/record-quarantine.ts';
import { SuspectAttempt } from '../record/suspect-attempt.ts';
import { runUntil } from './handler-deadline.ts';
import { refuseLostEffects } from './lost-effects.ts';

/** How the two external guarantees handle an effect that may have happened. */
export interface ExternalPolicy {
  readonly name: GuaranteeName;
  /**
   * `retry`: the handler runs again with the same idempotency key. `markUnknown`: the record becomes OUTCOME_UNKNOWN.
   */
  readonly onAmbiguous: 'retry' | 'markUnknown';
  /** How long the called system remembers an idempotency key, in ms. */
  readonly providerKeyRetentionMs?: number;
}

/** @param store Default: the record table of the function's environment. */
export function externalGuarantee(
  policy: ExternalPolicy,
  store: RecordStore | undefined,
): Guarantee<'external'> {
  const withStore = (tools: Tools) => withStoreOf({ store }, tools);
  return {
    name: policy.name,
    store,
    kind: 'external',
    settle: (task, handle, tools) => settleExternal(task, handle, policy, withStore(tools)),
    quarantine: (task, reason, tools) => recordQuarantine(task, policy.name, reason, withStore(tools)),
    findVerdict: (task, tools) => findVerdict(task, policy.name, termsOf(task, policy), withStore(tools)),
    // The claim has read the record, and the release has left one.
    refuse: async (_, error) => ({ outcome: 'refused', error }),
    isSkipped: (task, tools) => isSkipped(task, withStore(tools).store),
  };
}

/**
 *               claim               handler returns
 *   (nothing) --------> INPROGRESS -----------------> COMPLETED
 *       ^  RETRYING <--------+ NotExecutedError, PermanentError; `retry`: any error
 *                            +----------------------> OUTCOME_UNKNOWN   `markUnknown`: any other error
 *
 * Two round trips for a first delivery (claim, complete), one for a duplicate. `Call`, `TooLate` in spec/OrderOnce.tla.
 *
 * @throws The handler's error after the record was written; StoreBusyError if the store accepted no write in time.
 */
async function settleExternal<Event extends CloudEvent>(
  task: Task<Event>,
  handle: ExternalHandler<Event>,
  policy: ExternalPolicy,
  tools: RecordTools,
): Promise<Verdict> {
  const attempt = new DeliveryAttempt(task, policy.name, tools);
  const lease = new Lease(attempt);
  // If an ambiguous outcome is marked unknown, no handler whose process ended runs again.
  if (!task.countsBeforeHandler || policy.onAmbiguous === 'markUnknown') {
    return await runUnderLease(task, handle, { lease, policy }, tools);
  }
  const suspect = new SuspectAttempt(task, attempt, tools.clock);
  return await suspect.run(() =>
    runUnderLease(task, suspect.watch(handle), { lease, policy, suspect }, tools),
  );
}

interface Attempt {
  readonly lease: Lease;
  readonly policy: ExternalPolicy;
  /** Set if the attempt is counted before the handler. */
  readonly suspect?: SuspectAttempt;
}

async function runUnderLease<Event extends CloudEvent>(
  task: Task<Event>,
  handle: ExternalHandler<Event>,
  attempt: Attempt,
  { clock }: RecordTools,
): Promise<Verdict> {
  const { lease, policy, suspect } = attempt;
  const claim = await lease.claim(termsOf(task, policy), suspect !== undefined);
  if (!claim.claimed) return claim.verdict;
  const { past } = claim;
  if (!task.canStartHandler(past)) {
    const released = await (suspect ?? lease).leave();
    return verdictOf(released, { outcome: 'tried', error: new NeverEndedError(), history: past });
  }
  const endsAt = task.deadlineAt - handlerMarginMs;
  if (clock.now() >= (suspect ? Math.min(endsAt, task.latestHandlerStartAt) : endsAt)) {
    const late = new StoreBusyError('the claim took all of the invocation');
    return await settleError(late, { notDone: true, failed: false }, past, attempt);
  }
  let result: ExternalResult;
  try {
    result = await runUntil(endsAt, clock, (signal) =>
      handle(task.event, {
        idempotencyKey: sha256(task.identity.id),
        remainingTime: () => Math.max(0, endsAt - clock.now()),
        signal,
      }),
    );
    refuseLostEffects(result);
  } catch (error) {
    const notDone = error instanceof NotExecutedError || error instanceof PermanentError;
    // A handler whose signal is aborted may throw any error.
    const failed = task.isOwnFailure(error) && clock.now() < endsAt;
    return await settleError(error, { notDone, failed }, past, attempt);
  }
  return verdictOf(await lease.complete(encodeResult(result)), { outcome: 'applied' });
}

/** Over which records the policy lets a delivery begin. */
function termsOf(task: Job, policy: ExternalPolicy): InterpretTerms {
  return {
    takeOver: policy.onAmbiguous === 'retry',
    resendToken: task.resendToken,
    ...(policy.providerKeyRetentionMs !== undefined &&
      // For a system that never forgets keys, the age does not matter.
      Number.isFinite(policy.providerKeyRetentionMs) && {
        // The call may happen as late as the end of the lease, and the system must still know the key then.
        firstAttemptAfter: Math.max(0, leaseEndsAt(task) - policy.providerKeyRetentionMs),
      }),
  };
}

/** How an attempt failed. */
interface FailedAttempt {
  /** Whether it is certain that the effect did not happen. */
  readonly notDone: boolean;
  /** Whether the event itself made the attempt fail. */
  readonly failed: boolean;
}

/**
 * Records a failed attempt, then throws its error. If the outcome was marked unknown, or the attempt was counted,
 * returns a verdict instead. `CallUnheard`, `CallLost`, `NotDone` in spec/OrderOnce.tla.
 *
 * @param past The attempts before this delivery.
 */
async function settleError(
  error: unknown,
  { notDone, failed }: FailedAttempt,
  past: AttemptHistory,
  { lease, policy, suspect }: Attempt,
): Promise<Verdict> {
  const reason = describe(error);
  if (!notDone && policy.onAmbiguous === 'markUnknown') {
    return verdictOf(await lease.markOwnUnknown(reason), { outcome: 'unknown', reason, error }, error);
  }
  let released: OwnerWrite;
  try {
    released = await (suspect ?? lease).end(reason, { failed });
  } catch (cause) {
    // The lease ends by itself, and the handler's error is more important than the error of this write. But the event
    // of a permanent error is acknowledged, and that requires its record.
    if (error instanceof PermanentError) throw cause;
    lease.warn('The lease of a handler that failed could not be given back: it ends by itself', cause);
    throw error;
  }
  if (!released.held) return fenced(released, error);
  if (failed) return { outcome: 'tried', error, history: includingThisAttempt(past) };
  throw error;
}

/** @param error The handler's error, if it failed. */
function verdictOf(write: OwnerWrite, verdict: Verdict, error?: unknown): Verdict {
  return write.held ? verdict : fenced(write, error);
}

/** `Fenced` in spec/OrderOnce.tla. */
function fenced({ record }: Extract<OwnerWrite, { held: false }>, error?: unknown): Verdict {
  const now = record === undefined ? 'is gone' : `is ${record.status} by another delivery`;
  return { outcome: 'fenced', reason: `The lease ended before the handler did; its record ${now}`, error };
}
