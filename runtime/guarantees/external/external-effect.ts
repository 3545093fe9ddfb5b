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
import { handlerMargin } from '../guarantee.ts';
import { DeliveryAttempt, leaseEnd, type OwnerWrite } from '../record/delivery-attempt.ts';
import { findVerdict } from '../record/find-record.ts';
import { isSkipped } from '../record/find-skip.ts';
import type { InterpretTerms } from '../record/interpret-record.ts';
import { Lease } from '../record/lease.ts';
import { recordQuarantine } from '../record/record-quarantine.ts';
import { leaveUnstarted, SuspectAttempt } from '../record/suspect-attempt.ts';
import { runUntil } from './handler-deadline.ts';
import { refuseLostEffects } from './lost-effects.ts';

/** What the two guarantees for external effects make of one that may have happened. */
export interface ExternalPolicy {
  readonly name: GuaranteeName;
  /** `retry`: run it again, with the same idempotency key. `markUnknown`: OUTCOME_UNKNOWN, for an operator. */
  readonly onAmbiguous: 'retry' | 'markUnknown';
  /** How long the system that is called knows an idempotency key, in ms. */
  readonly providerKeyRetention?: number;
}

/** @param store In place of the record table of the function's environment. */
export function externalGuarantee(
  policy: ExternalPolicy,
  store: RecordStore | undefined,
): Guarantee<'external'> {
  const withStore = (tools: Tools) => ({ ...tools, store: store ?? tools.store });
  return {
    name: policy.name,
    store,
    kind: 'external',
    settle: (task, handle, tools) => settleExternal(task, handle, policy, withStore(tools)),
    quarantine: (task, reason, tools) => recordQuarantine(task, policy.name, reason, withStore(tools)),
    findVerdict: (task, tools) => findVerdict(task, policy.name, termsOf(task, policy), withStore(tools)),
    // Its claim saw the record, and the release of its lease has left one.
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
 * @throws Whatever the handler threw, once the record says so; StoreBusyError where the store took no write in time.
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
  /** Where it is counted before the handler. */
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
    const released = await (suspect?.leave() ?? leaveUnstarted(lease, { wasCounted: false }));
    return verdictOf(released, { outcome: 'tried', error: new NeverEndedError(), history: past });
  }
  const end = task.deadline - handlerMargin;
  if (clock.now() >= (suspect ? Math.min(end, task.latestHandlerStart) : end)) {
    const late = new StoreBusyError('the claim took the whole time of the invocation');
    return await settleError(late, { notDone: true, failed: false }, past, attempt);
  }
  let result: ExternalResult;
  try {
    result = await runUntil(end, clock, (signal) =>
      handle(task.event, {
        idempotencyKey: sha256(task.identity.id),
        remainingTime: () => Math.max(0, end - clock.now()),
        signal,
      }),
    );
    refuseLostEffects(result);
  } catch (error) {
    const notDone = error instanceof NotExecutedError || error instanceof PermanentError;
    // A handler that was asked to stop may throw anything.
    const failed = task.isOwnFailure(error) && clock.now() < end;
    return await settleError(error, { notDone, failed }, past, attempt);
  }
  return verdictOf(await lease.complete(encodeResult(result)), { outcome: 'applied' });
}

/** Over which records the policy lets a delivery begin. */
function termsOf(task: Job, policy: ExternalPolicy): InterpretTerms {
  return {
    takeOver: policy.onAmbiguous === 'retry',
    resendToken: task.resendToken,
    ...(policy.providerKeyRetention !== undefined &&
      // A system that never forgets a key needs no look at its age.
      Number.isFinite(policy.providerKeyRetention) && {
        // The call may come as late as the lease ends, and the key has to be known even then.
        firstAttemptAfter: Math.max(0, leaseEnd(task) - policy.providerKeyRetention),
      }),
  };
}

/** What is known of an attempt that did not succeed. */
interface FailedAttempt {
  /** Whether it is certain that nothing happened. */
  readonly notDone: boolean;
  /** Whether it failed by the event's own fault. */
  readonly failed: boolean;
}

/**
 * Writes what an error leaves behind, then throws it. An ambiguous error that is marked unknown, or one that was counted as a failed
 * attempt, is a verdict instead. `CallUnheard`, `CallLost`, `NotDone` in spec/OrderOnce.tla.
 *
 * @param past Those before this delivery.
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
    // The lease ends by itself, and why the handler failed matters more than why that could not be written down. But a
    // permanent error is acknowledged, and nothing is before its record says so.
    if (error instanceof PermanentError) throw cause;
    lease.warn('The lease of a handler that failed could not be given back: it ends by itself', cause);
    throw error;
  }
  if (!released.held) return fenced(released, error);
  if (failed) return { outcome: 'tried', error, history: includingThisAttempt(past) };
  throw error;
}

/** @param error That of the handler, if it failed. */
function verdictOf(write: OwnerWrite, verdict: Verdict, error?: unknown): Verdict {
  return write.held ? verdict : fenced(write, error);
}

/** `Fenced` in spec/OrderOnce.tla. */
function fenced({ record }: Extract<OwnerWrite, { held: false }>, error?: unknown): Verdict {
  const now = record === undefined ? 'is gone' : `is ${record.status} by another delivery`;
  return { outcome: 'fenced', reason: `The lease ended before the handler did; its record ${now}`, error };
}
