import type { CloudEvent } from '../../contract/event/event-parser.ts';
import type { HandlerKind } from '../guarantees/guarantee.ts';
import type { DeliveryContext, HandlerContext } from '../message/delivery-context.ts';
import type { Message } from '../message/sqs-message.ts';
import { settleMessage } from '../settlement/execute-disposition.ts';
import { commitTogether, type Folded } from './commit-together.ts';
import { countsBeforeHandler, knownJobOf, taskOf } from './delivery-task.ts';
import { type Judged, judgeByRecord } from './judge-by-record.ts';
import { judgeIgnored } from './judge-ignored.ts';
import { readBody } from './read-body.ts';
import { verdictOnError } from './verdict.ts';

/** The result of delivering the first messages of a group. */
export interface Delivered {
  /** Number of settled messages, from the first one on. */
  readonly settled: number;
  /** Whether the next message must wait, and its group with it. */
  readonly stops: boolean;
}

/**
 * Delivers messages of one group: as many as their guarantee commits together, or the first one alone. Never rejects.
 * `Deliver` in spec/OrderOnce.tla.
 *
 * @param messages A suspect is only passed alone.
 */
export async function deliver<Event extends CloudEvent, Kind extends HandlerKind>(
  messages: readonly [Message<Event>, ...Message<Event>[]],
  context: HandlerContext<Event, Kind>,
): Promise<Delivered> {
  const [first] = messages;
  const folds = messages.length > 1 && context.guarantee.fold && !context.groupsNotFolding.has(first.group);
  const folded: Folded = folds ? await commitTogether(messages, context) : { verdicts: [] };
  let settled = 0;
  for (const { message, job, verdict } of folded.verdicts) {
    if (!(await settleMessage(verdict, message, job, context))) return { settled, stops: true };
    settled += 1;
  }
  if (settled > 0) return { settled, stops: false };
  const judged = await judgeAlone(first, withFoldFailure(context, folded));
  const isSettled = await settleMessage(judged.verdict, first, judged.job, judged.context);
  return { settled: Number(isSettled), stops: !isSettled };
}

/**
 * Delivers one message. A suspect may crash in its parser or its handler, so each is counted before it starts. Never
 * rejects.
 */
async function judgeAlone<Event extends CloudEvent, Kind extends HandlerKind>(
  message: Message<Event>,
  context: HandlerContext<Event, Kind>,
): Promise<Judged> {
  try {
    const { reading } = message;
    const isCounted = message.isSuspect && countsBeforeHandler(message, context);
    const isUnread = isCounted && reading.ignored === undefined && reading.parsed === undefined;
    let parserTookMs = 0;
    if (isUnread || 'failed' in reading.content) {
      const read = await readBody(message, isUnread, context);
      if ('verdict' in read) return read;
      parserTookMs = read.tookMs;
    }
    const { content } = reading;
    if ('failed' in content) throw content.failed;
    if ('waits' in content) throw content.waits;
    if ('ignored' in content) {
      return { verdict: await judgeIgnored(message, content.ignored, context), job: undefined, context };
    }
    if ('invalid' in content) {
      const known = await judgeByRecord(message, context);
      return known ?? { verdict: { outcome: 'invalid', error: content.invalid }, job: undefined, context };
    }
    const { guarantee, handle, dependencies } = context;
    const job = taskOf(message, content, context, isCounted ? { parserTookMs } : undefined);
    try {
      return { verdict: await guarantee.settle(job, handle, dependencies), job, context };
    } catch (error) {
      return { verdict: await verdictOnError(error, job, context), job, context };
    }
  } catch (error) {
    return { verdict: { outcome: 'undecided', error }, job: knownJobOf(message, context), context };
  }
}

/** Adds to the log line why the message could not be committed with the next ones. */
function withFoldFailure<Context extends DeliveryContext>(context: Context, { failure }: Folded): Context {
  if (failure === undefined) return context;
  const finish: DeliveryContext['finish'] = (message, disposition) =>
    context.finish(message, { ...disposition, log: { ...disposition.log, ...failure } });
  return { ...context, finish };
}
