import type { CloudEvent } from '../../contract/event.ts';
import type { Effect } from '../effects.ts';
import { describe, NeverEndedError, NoEffectsError, type PermanentError, underWay } from '../errors.ts';
import type { EffectStore } from '../stores/record-store.ts';
import { commit } from './commit.ts';
import { countAttempt, isOwnFailure, withThis } from './count-attempt.ts';
import type { EffectHandler, Guarantee, Task, Tools, Verdict } from './guarantee.ts';
import { Lease } from './lease.ts';
import { recordQuarantine } from './quarantine.ts';

export interface ExactlyOnceOptions {
  /** One that commits effects. @default - the record table of the function's environment */
  readonly store?: EffectStore;
}

/**
 * The effect happens exactly once: the handler returns it as data, and it is committed with the event's record in one
 * transaction.
 */
export function exactlyOnce({ store }: ExactlyOnceOptions = {}): Guarantee<'effects'> {
  const over = (tools: Tools) => ({ ...tools, store: store ?? tools.store });
  return {
    name: 'exactly-once',
    kind: 'effects',
    settle: (task, handle, tools) => settleEffects(task, handle, over(tools)),
    quarantine: (task, reason, tools) => recordQuarantine(task, 'exactly-once', reason, over(tools)),
    recordRefusal: (task, error, tools) => recordRefusal(task, error, over(tools)),
    skipped: async ({ identity }, tools) => (await over(tools).store.find(identity.id))?.skip,
  };
}

type Settling<Event extends CloudEvent> = readonly [
  task: Task<Event>,
  handle: EffectHandler<Event>,
  lease: Lease,
  store: EffectStore,
];

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
  const { store } = tools;
  const lease = new Lease(task, 'exactly-once', tools);
  if (task.isSuspect) return await settleSuspect(task, handle, lease, store);
  return await apply((error) => countFailure(error, task, lease, store), task, handle, lease, store);
}

async function settleSuspect<Event extends CloudEvent>(...settling: Settling<Event>): Promise<Verdict> {
  const [task, , lease, store] = settling;
  const { taken, verdict } = await countAttempt(task, lease, store, underWay);
  if (taken === undefined) return verdict as Verdict;
  const { past } = taken;
  const release = (error: unknown, attempts: number) => lease.release(describe(error), attempts);
  if (!task.mayBegin(past)) {
    const error = new NeverEndedError();
    await release(error, past.attempts);
    return { outcome: 'tried', error, tries: past };
  }
  const failed = async (error: unknown): Promise<Verdict> => {
    const tries = withThis(past);
    const { stands } = await release(error, tries.attempts);
    if (stands) return { outcome: 'tried', error, tries };
    // Another delivery went over the record: what it says now decides.
    return await countFailure(error, task, lease, store);
  };
  try {
    return await apply(failed, ...settling);
  } catch (error) {
    // It ended, by no fault of the event. Where that cannot be written the count is one too high, which matters to an
    // event only that meets a store which counts and then does not answer, time and again.
    await release(error, past.attempts).catch(() => undefined);
    throw error;
  }
}

/** @param failed What becomes of an attempt whose handler failed by the event's own fault. */
async function apply<Event extends CloudEvent>(
  failed: (error: unknown) => Promise<Verdict>,
  ...[task, handle, lease, store]: Settling<Event>
): Promise<Verdict> {
  let effects: readonly Effect[];
  try {
    effects = await handle(task.event);
    if (!Array.isArray(effects)) throw new NoEffectsError(effects);
  } catch (error) {
    if (!isOwnFailure(error)) throw error;
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
  return taken === undefined ? (verdict as Verdict) : { outcome: 'refused', error };
}

async function countFailure(
  error: unknown,
  task: Task<CloudEvent>,
  lease: Lease,
  store: EffectStore,
): Promise<Verdict> {
  const { taken, verdict } = await countAttempt(task, lease, store, describe(error));
  return taken === undefined
    ? (verdict as Verdict)
    : { outcome: 'tried', error, tries: withThis(taken.past) };
}
