import type { LoggedError } from '../../contract/delivery-log.ts';
import type { CloudEvent } from '../../contract/event/event-parser.ts';
import type { HandlerKind, Task, Verdict } from '../guarantees/guarantee.ts';
import { codeOf, describe } from '../handler/errors.ts';
import { loggedError } from '../logging/logged-error.ts';
import type { DeliveryOptions } from '../message/delivery-context.ts';
import type { Message } from '../message/sqs-message.ts';
import { taskOf } from './delivery-task.ts';

export interface Folded<Event extends CloudEvent> {
  /** How the first of them ended; none where the first one has to stand alone. */
  readonly settled: readonly (readonly [message: Message<Event>, task: Task<Event>, verdict: Verdict])[];
  /** Why the fold failed, if it did. */
  readonly foldFailure?: string;
  readonly foldError?: LoggedError;
}

/**
 * Settles messages of one group together, as many from the first one on as its guarantee folds. What a fold fails with is
 * no word on any of them: the first one goes alone then, and so does its group until the invocation is over, since what
 * the fold waited for may be one event's.
 *
 * @throws Whatever the fold failed with, where there is no time left to begin again.
 */
export async function commitTogether<Event extends CloudEvent, Kind extends HandlerKind>(
  messages: readonly Message<Event>[],
  options: DeliveryOptions<Event, Kind>,
): Promise<Folded<Event>> {
  const { guarantee, handle, dependencies, groupsNotFolding: unfolded } = options;
  const [{ group } = { group: '' }] = messages;
  if (guarantee.fold === undefined || messages.length < 2 || unfolded.has(group)) return { settled: [] };
  const deliveries: (readonly [Message<Event>, Task<Event>])[] = [];
  for (const message of messages) {
    const { content } = message.reading;
    if (!('event' in content)) break;
    deliveries.push([message, taskOf(message, content, options)]);
  }
  const tasks = deliveries.map(([, task]) => task);
  try {
    const verdicts = await guarantee.fold(tasks, handle, dependencies);
    const settled = deliveries.slice(0, verdicts.length);
    return { settled: settled.map(([message, task], index) => [message, task, verdicts[index] as Verdict]) };
  } catch (error) {
    if (tasks.some(({ deadline }) => dependencies.clock.now() > deadline)) throw error;
    unfolded.add(group);
    return {
      settled: [],
      foldFailure: `${codeOf(error)}: ${describe(error)}`,
      foldError: loggedError(error),
    };
  }
}
