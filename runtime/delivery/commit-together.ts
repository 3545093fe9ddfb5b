import type { CloudEvent } from '../../contract/event/event-parser.ts';
import type { HandlerKind, Job, Task } from '../guarantees/guarantee.ts';
import { codeOf, describe } from '../handler/errors.ts';
import type { HandlerContext } from '../message/delivery-context.ts';
import type { OutcomeLog } from '../message/disposition.ts';
import type { Message } from '../message/sqs-message.ts';
import type { DeliveryVerdict } from '../settlement/settle.ts';
import { knownJobOf, taskOf } from './delivery-task.ts';

/** The result of committing messages of a group together. */
export interface Folded {
  /** Verdicts of the first messages, in order; empty if the first message must be committed alone. */
  readonly verdicts: readonly {
    readonly message: Message<CloudEvent>;
    readonly job: Job | undefined;
    readonly verdict: DeliveryVerdict;
  }[];
  /** Why the messages could not be committed together, if that failed. */
  readonly failure?: Pick<OutcomeLog, 'foldFailure' | 'foldError'>;
}

/**
 * Settles messages of one group together, as many from the first one on as the guarantee can fold. A failed fold is not
 * counted against any event: the first message is retried alone, and this group is not folded again in this invocation,
 * because one of its events may be the cause. If no time is left, the first message waits.
 */
export async function commitTogether<Event extends CloudEvent, Kind extends HandlerKind>(
  messages: readonly [Message<Event>, ...Message<Event>[]],
  context: HandlerContext<Event, Kind>,
): Promise<Folded> {
  const { guarantee, handle, dependencies, groupsNotFolding } = context;
  const [first] = messages;
  const deliveries: { readonly message: Message<Event>; readonly job: Task<Event> }[] = [];
  for (const message of messages) {
    const { content } = message.reading;
    if (!('event' in content)) break;
    deliveries.push({ message, job: taskOf(message, content, context) });
  }
  const tasks = deliveries.map(({ job }) => job);
  try {
    const verdicts = (await guarantee.fold?.(tasks, handle, dependencies)) ?? [];
    return {
      verdicts: verdicts.flatMap((verdict, index) => {
        const delivery = deliveries[index];
        return delivery === undefined ? [] : [{ ...delivery, verdict }];
      }),
    };
  } catch (error) {
    if (tasks.some(({ deadlineAt }) => dependencies.clock.now() > deadlineAt)) {
      const verdict = { outcome: 'undecided', error } as const;
      return { verdicts: [{ message: first, job: knownJobOf(first, context), verdict }] };
    }
    groupsNotFolding.add(first.group);
    const failure = { foldFailure: `${codeOf(error)}: ${describe(error)}`, foldError: error };
    return { verdicts: [], failure };
  }
}
