import type { CloudEvent } from '../../contract/event.ts';
import type { Effect } from '../effects.ts';
import {
  describe,
  NeverEndedError,
  NoEffectsError,
  type PermanentError,
  StoreBusyError,
  underWay,
} from '../errors.ts';
import type { EffectStore } from '../stores/record-store.ts';
import { commit } from './commit.ts';
import { countAttempt, withThis } from './count-attempt.ts';
import { fold } from './fold.ts';
import type { EffectHandler, Guarantee, Task, Tools, Verdict } from './guarantee.ts';
import { Lease, triesOf } from './lease.ts';
import { recordQuarantine } from './quarantine.ts';
import { releaseOf, SuspectAttempt } from './suspect.ts';

export interface ExactlyOnceOptions {
  /** One that commits effects. @default - the record table of the function's environment */
  readonly store?: EffectStore;
}

/**
 * The effect happens exactly once: the handler returns it as data, and it is committed with the event's record in one
 * transaction. A handler that refuses its event: `Refuse` in spec/OrderOnce.tla.
 */
export function exactlyOnce({ store }: ExactlyOnceOptions = {}): Guarantee<'effects'> {
  const over = (tools: Tools) => ({ ...tools, store: store ?? tools.store });
  return {
    name: 'exactly-once',
    kind: 'effects',
    settle: (task, handle, tools) => settleEffects(task, handle, over(tools)),
    fold: (tasks, handle, tools) => fold(tasks, handle, over(tools)),
    quarantine: (task, reason, tools) => recordQuarantine(task, 'exactly-once', reason, over(tools)),
    recordRefusal: (task, error, tools) => recordRefusal(task, error, over(tools)),
    skipped: async ({ identity }, tools) => (await over(tools).store.find(identity.id))?.skip,
  };
}

/**
 * Round trips: one for a first delivery and one for a duplicate; one more for a handler that failed, which is counted,
 * and for a suspect, which is counted before.
 *
 * @throws Whatever the handler threw that was not counted as a failed attempt; what `commit` throws.
 */
async function settleEffects<Event extends CloudEvent>(
  task: Task<Event>,
  handle: EffectHandler<Event>,
  tools: Tools,
): Promise<Verdict> {
  const lease = new Lease(task, 'exactly-once', tools);
  if (task.isCountedBefore) return await settleSuspect(task, handle, lease, tools);
  const failed = (error: unknown) => countFailure(error, task, lease, tools.store);
  return await apply(task, handle, failed, lease, tools.store);
}

async function settleSuspect<Event extends CloudEvent>(
  task: Task<Event>,
  handle: EffectHandler<Event>,
  lease: Lease,
  { store, clock }: Tools,
): Promise<Verdict> {
  const attempt = new SuspectAttempt(task, lease, clock);
  return await attempt.run(async () => {
    const { taken, verdict } = await countAttempt(task, lease, store, underWay);
    if (taken === undefined) return verdict;
    const { past } = taken;
    if (!task.mayBegin(past)) return { outcome: 'tried', error: new NeverEndedError(), tries: past };
    if (clock.now() > task.lastBegin) throw new StoreBusyError('the count took the time of the invocation');
    const failed = async (error: unknown): Promise<Verdict> => {
      const standing = await lease.release(describe(error), releaseOf(true, true));
      if (standing.stands) return { outcome: 'tried', error, tries: withThis(past) };
      // Another delivery went over the record: what it says now decides, and it may have this attempt in its count.
      const { record } = standing;
      if (record?.status === 'RETRYING') return { outcome: 'tried', error, tries: triesOf(record) };
      return await countFailure(error, task, lease, store);
    };
    return await apply(task, attempt.watch(handle), failed, lease, store);
  });
}

/** @param failed What becomes of an attempt whose handler failed by the event's own fault. */
async function apply<Event extends CloudEvent>(
  task: Task<Event>,
  handle: EffectHandler<Event>,
  failed: (error: unknown) => Promise<Verdict>,
  lease: Lease,
  store: EffectStore,
): Promise<Verdict> {
  let effects: readonly Effect[];
  try {
    effects = await handle(task.event);
    if (!Array.isArray(effects)) throw new NoEffectsError(effects);
  } catch (error) {
    if (!task.isOwnFailure(error)) throw error;
    return await failed(error).catch(() => {
      // It is why the message comes again, whatever else failed on the way.
      throw error;
    });
  }
  return await commit(task, effects, lease, store);
}

/** Where it was counted, the event has a record for an operator's skip to stand in. */
async function recordRefusal(task: Task<CloudEvent>, error: PermanentError, tools: Tools): Promise<Verdict> {
  const lease = new Lease(task, 'exactly-once', tools);
  const { taken, verdict } = await countAttempt(task, lease, tools.store, describe(error));
  return taken === undefined ? verdict : { outcome: 'refused', error };
}

async function countFailure(
  error: unknown,
  task: Task<CloudEvent>,
  lease: Lease,
  store: EffectStore,
): Promise<Verdict> {
  const { taken, verdict } = await countAttempt(task, lease, store, describe(error));
  return taken === undefined ? verdict : { outcome: 'tried', error, tries: withThis(taken.past) };
}
