import type { Clock } from '../../../contract/clock.ts';
import type { CloudEvent } from '../../../contract/event/event-parser.ts';
import { effectsIn } from '../../handler/check-effects.ts';
import type { Effect } from '../../handler/effects/index.ts';
import type { BoundEffectHandler, Task } from '../guarantee.ts';
import { Patience } from './shared-timeout.ts';

/** A delivery whose effects are known. */
export interface EventWithEffects {
  readonly task: Task<CloudEvent>;
  readonly effects: readonly Effect[];
}

/**
 * For how long handlers are asked for one fold, in ms: what only computes takes less, and ten round trips, the most that a
 * fold saves, take 50. What is slow, or hangs, must not keep those before it from being committed.
 */
const handlersTime = 20;

/** The effects of the first tasks; handlers run in order, up to the first one that fails or takes its time. */
export async function ask<Event extends CloudEvent>(
  tasks: readonly Task<Event>[],
  handle: BoundEffectHandler<Event>,
  clock: Clock,
): Promise<readonly EventWithEffects[]> {
  const asked: EventWithEffects[] = [];
  const ids = new Set<string>();
  const patience = new Patience(handlersTime, clock);
  for (const task of tasks) {
    const { identity, resendToken } = task;
    // What an operator sent takes more than a commit, and a record takes one write of a transaction.
    if (resendToken !== undefined || ids.has(identity.id) || patience.isOver) break;
    const effects = await patience.waitFor(effectsOf(task.event, handle));
    if (effects === undefined) break;
    ids.add(identity.id);
    asked.push({ task, effects });
  }
  patience.end();
  return asked;
}

/** @returns `undefined` if the handler failed, or returned something else than effects: its event stands alone then. */
async function effectsOf<Event extends CloudEvent>(
  event: Event,
  handle: BoundEffectHandler<Event>,
): Promise<readonly Effect[] | undefined> {
  try {
    return effectsIn(await handle(event));
  } catch {
    return undefined;
  }
}
