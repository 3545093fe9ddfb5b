import type { Clock } from '../../../contract/clock.ts';
import type { CloudEvent } from '../../../contract/event/event-parser.ts';
import { effectsIn } from '../../handler/check-effects.ts';
import type { Effect } from '../../handler/effects/index.ts';
import { Patience } from '../../values/shared-timeout.ts';
import type { BoundEffectHandler, Task } from '../guarantee.ts';

/** A delivery with the effects of its event. */
export interface EventWithEffects {
  readonly task: Task<CloudEvent>;
  readonly effects: readonly Effect[];
}

/**
 * Maximum time of all handlers of one fold, in ms. Handlers that only compute take less, and a fold saves at most ten
 * round trips, about 50 ms. A handler that is slow or hangs must not delay the commit of the events before it.
 */
const handlersTimeMs = 20;

/** Returns the effects of the first tasks. Handlers run in order, up to the first one that fails or is slow. */
export async function ask<Event extends CloudEvent>(
  tasks: readonly Task<Event>[],
  handle: BoundEffectHandler<Event>,
  clock: Clock,
): Promise<readonly EventWithEffects[]> {
  const asked: EventWithEffects[] = [];
  const ids = new Set<string>();
  const patience = new Patience(handlersTimeMs, clock);
  for (const task of tasks) {
    const { identity, resendToken } = task;
    // A message that an operator sent again needs more than a commit, and a transaction can write each record only
    // once.
    if (resendToken !== undefined || ids.has(identity.id) || patience.isOver) break;
    const effects = await patience.waitFor(effectsOf(task.event, handle));
    if (effects === undefined) break;
    ids.add(identity.id);
    asked.push({ task, effects });
  }
  patience.end();
  return asked;
}

/** @returns `undefined` if the handler failed or returned invalid effects. Its event is then settled alone. */
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
