import type { CloudEvent } from '../../../contract/event/event-parser.ts';
import { effectsIn } from '../../handler/check-effects.ts';
import { describe, NeverEndedError, type PermanentError, StoreBusyError } from '../../handler/errors.ts';
import type { CountedAttempt, EffectStore } from '../../ports/record-store.ts';
import { historyOf, includingThisAttempt } from '../../stores/attempt-history.ts';
import {
  type BoundEffectHandler,
  type Guarantee,
  type Job,
  type Task,
  type Tools,
  type Verdict,
  withStoreOf,
} from '../guarantee.ts';
import { countAttempt } from '../record/count-attempt.ts';
import { DeliveryAttempt } from '../record/delivery-attempt.ts';
import { findVerdict } from '../record/find-record.ts';
import { isSkipped } from '../record/find-skip.ts';
import { recordQuarantine } from '../record/record-quarantine.ts';
import { SuspectAttempt } from '../record/suspect-attempt.ts';
import { commit } from './commit.ts';
import { fold } from './fold.ts';
import { type Write, writesOf } from './merge-effects.ts';

export interface ExactlyOnceOptions {
  /** A store that can commit effects. @default - the record table of the function's environment */
  readonly store?: EffectStore;
}

/**
 * The effects happen exactly once: the handler returns them as data, and one transaction commits them with the event's
 * record. A handler that refuses its event: `Refuse` in spec/OrderOnce.tla.
 */
export function exactlyOnce(options: ExactlyOnceOptions = {}): Guarantee<'effects'> {
  const withStore = (tools: Tools) => withStoreOf(options, tools);
  return {
    name: 'exactly-once',
    store: options.store,
    kind: 'effects',
    settle: (task, handle, tools) => settleEffects(task, handle, withStore(tools)),
    fold: (tasks, handle, tools) => fold(tasks, handle, withStore(tools)),
    quarantine: (task, reason, tools) => recordQuarantine(task, 'exactly-once', reason, withStore(tools)),
    findVerdict: (task, tools) => find(task, withStore(tools)),
    refuse: (task, error, tools, terms) => refuse(task, error, withStore(tools), terms),
    isSkipped: (task, tools) => isSkipped(task, withStore(tools).store),
  };
}

/**
 * Round trips: one for a first delivery, one for a duplicate, one more for the count of a failed attempt, and one more
 * for the count of a suspect.
 *
 * @throws The handler's error if it was not counted as a failed attempt; the errors of `commit`.
 */
async function settleEffects<Event extends CloudEvent>(
  task: Task<Event>,
  handle: BoundEffectHandler<Event>,
  tools: Tools,
): Promise<Verdict> {
  const attempt = new DeliveryAttempt(task, 'exactly-once', tools);
  if (task.countsBeforeHandler) return await settleSuspect(task, handle, attempt, tools);
  const failed = (error: unknown) => countFailure(error, task, attempt, tools.store);
  return await apply(task, handle, failed, attempt, tools.store);
}

async function settleSuspect<Event extends CloudEvent>(
  task: Task<Event>,
  handle: BoundEffectHandler<Event>,
  attempt: DeliveryAttempt,
  { store, clock }: Tools,
): Promise<Verdict> {
  const suspect = new SuspectAttempt(task, attempt, clock);
  return await suspect.run(async () => {
    const { taken, verdict } = await countAttempt(task, attempt, store, { state: 'STARTED' });
    if (taken === undefined) return verdict;
    const { past } = taken;
    if (!task.canStartHandler(past)) return { outcome: 'tried', error: new NeverEndedError(), history: past };
    if (clock.now() > task.latestHandlerStartAt)
      throw new StoreBusyError('the count of the attempt took all of the invocation');
    const failed = async (error: unknown): Promise<Verdict> => {
      const ended = await suspect.end(describe(error), { failed: true });
      if (ended.held) return { outcome: 'tried', error, history: includingThisAttempt(past) };
      const { record } = ended;
      // Another delivery went over the record, and its count has this attempt in it. If the record is still of this
      // delivery, the count was taken back meanwhile. Whatever else the record says decides.
      const isOfAnother = record?.status === 'RETRYING' && record.ownerToken !== attempt.token;
      if (isOfAnother) return { outcome: 'tried', error, history: historyOf(record, 0) };
      return await countFailure(error, task, attempt, store);
    };
    return await apply(task, suspect.watch(handle), failed, attempt, store);
  });
}

/**
 * @param count Counts an attempt that the event itself made fail: its handler threw, returned invalid effects, or
 *   returned effects that the store refuses.
 */
async function apply<Event extends CloudEvent>(
  task: Task<Event>,
  handle: BoundEffectHandler<Event>,
  count: (error: unknown) => Promise<Verdict>,
  attempt: DeliveryAttempt,
  store: EffectStore,
): Promise<Verdict> {
  const failed = async (error: unknown): Promise<Verdict> => {
    if (!task.isOwnFailure(error)) throw error;
    return await count(error).catch((cause: unknown) => {
      task.warn(`A failed attempt of event ${task.identity.eventId} could not be counted`, cause);
      // This error is the reason for the retry, even if the count failed too.
      throw error;
    });
  };
  let writes: readonly Write[];
  try {
    writes = writesOf(effectsIn(await handle(task.event)));
  } catch (error) {
    return await failed(error);
  }
  return await commit(task, writes, failed, attempt, store);
}

/**
 * Settles a refusal by the handler. The handler ran before the record was read, and the record may show that the event
 * was applied. A count leaves a record, in which an operator's skip can be stored.
 */
async function refuse(
  task: Job,
  error: PermanentError,
  tools: Tools,
  { leavesRecord }: { readonly leavesRecord: boolean },
): Promise<Verdict> {
  if (!leavesRecord) return (await find(task, tools)) ?? { outcome: 'refused', error };
  const attempt = new DeliveryAttempt(task, 'exactly-once', tools);
  const { taken, verdict } = await countAttempt(task, attempt, tools.store, failureOf(error));
  return taken === undefined ? verdict : { outcome: 'refused', error };
}

async function find(task: Job, tools: Tools): Promise<Verdict | undefined> {
  return await findVerdict(task, 'exactly-once', { takeOver: true, resendToken: task.resendToken }, tools);
}

async function countFailure(
  error: unknown,
  task: Job,
  attempt: DeliveryAttempt,
  store: EffectStore,
): Promise<Verdict> {
  const { taken, verdict } = await countAttempt(task, attempt, store, failureOf(error));
  return taken === undefined
    ? verdict
    : { outcome: 'tried', error, history: includingThisAttempt(taken.past) };
}

function failureOf(error: unknown): CountedAttempt {
  return { state: 'FAILED', lastError: describe(error) };
}
