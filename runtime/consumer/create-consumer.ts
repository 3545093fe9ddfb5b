import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { environmentNames } from '../../contract/environment.ts';
import { ConfigurationError } from '../../contract/errors.ts';
import type { CloudEvent } from '../../contract/event/event-parser.ts';
import { waitingOutcomes } from '../../contract/metrics.ts';
import { allowedClockSkew, longestLease } from '../../contract/policies/lease.ts';
import { isSuspect } from '../../contract/policies/retry-policy.ts';
import { deliver } from '../delivery/deliver.ts';
import { knownJobOf } from '../delivery/delivery-task.ts';
import { MemoizedHandler } from '../delivery/memoized-handler.ts';
import type { EffectHandler, Guarantee, HandlerKind, Handlers } from '../guarantees/guarantee.ts';
import { CommonFailure } from '../message/common-failure.ts';
import type { EventSchemas } from '../message/event-schemas.ts';
import { type Message, readMessage } from '../message/sqs-message.ts';
import type { ConsumerDependencies } from '../ports/dependencies.ts';
import { logReason } from '../settlement/move-to-dead-letter-queue.ts';
import { retryLater } from '../settlement/retry-later.ts';
import { BatchProgress } from './batch-progress.ts';
import {
  type ConsumerOptions,
  checkOptions,
  type HandledEvent,
  nameFromEnvironment,
  readerOf,
} from './consumer-options.ts';
import { DeliveryReport } from './delivery-report.ts';
import { dependenciesFromEnvironment } from './dependencies-from-environment.ts';
import { exitBeforeTimeout } from './exit-before-timeout.ts';
import { scheduleGroups } from './group-scheduler.ts';
import { recordsOf, remainingTimeOf } from './lambda-event.ts';
import { TimeEstimate } from './time-estimate.ts';

/**
 * The end of an invocation, in ms, in which nothing new begins: what is under way needs it to settle, and an
 * invocation that times out returns its whole batch.
 */
const settleReserveMs = 500;

/** An AWS Lambda handler for an SQS event source with `ReportBatchItemFailures`. */
export type ConsumerHandler = (
  event: SQSEvent,
  context: Pick<Context, 'getRemainingTimeInMillis'>,
) => Promise<SQSBatchResponse>;

/**
 * A consumer that gives each event the guarantee that it names, in the order of the event's message group.
 *
 * @param dependencies Default: from the environment variables that `IdempotentConsumer` sets. They are read at the first
 *   invocation, so that a test can import a handler.
 * @throws ConfigurationError for a name that could not be part of a key, and a concurrency below 1. What is returned throws
 *   one, before it touches anything, for a function whose environment was not set, for an invocation longer than the
 *   visibility timeout allows, and for an event that is no batch of an SQS queue. Then the whole batch waits.
 */
export function createConsumer<
  Kind extends HandlerKind,
  Schemas extends EventSchemas = never,
  Parsed extends CloudEvent = never,
>(options: ConsumerOptions<Kind, Schemas, Parsed>, dependencies?: ConsumerDependencies): ConsumerHandler {
  checkOptions(options);
  type Event = HandledEvent<Schemas, Parsed>;
  const { guarantee, concurrency = 10 } = options;
  const handle = options.handle as unknown as Handlers<Event>[Kind];
  const setUp = onceItSucceeds(() => {
    const name = options.name ?? nameFromEnvironment();
    return {
      name,
      reader: readerOf(name, options),
      dependencies: dependencies ?? dependenciesFromEnvironment(),
    };
  });
  const needed = new TimeEstimate();
  const commonFailure = new CommonFailure();
  return async (event, context) => {
    const { name, reader, dependencies } = setUp();
    const { clock, output } = dependencies;
    const records = recordsOf(event);
    const remainingTime = remainingTimeOf(context);
    refuseLongLeases(remainingTime, dependencies);
    const startedAt = clock.now();
    const end = startedAt + remainingTime;
    const deadline = end - settleReserveMs;
    const working = deadline - startedAt;
    const report = new DeliveryReport(name, clock, output);
    const messages = records.map((record) => readMessage(record, reader, dependencies.random));
    // Before anything begins: a parser that ends the process must leave no handler of a neighbour half done.
    for (const message of messages) if (!isSuspect(message)) void message.reading.content;
    const progress = new BatchProgress(messages, dependencies, report.warn);
    const asked = asking(guarantee, handle);
    const groupsNotFolding = new Set<string>();
    const options = {
      consumer: name,
      guarantee,
      handle: asked.handle,
      dependencies,
      startedAt,
      end,
      deadline,
      warn: report.warn,
      groupsNotFolding,
      commonFailure,
    };
    const processed = scheduleGroups(messages, {
      concurrency,
      mayStart: (leavingHalf) => {
        const left = deadline - clock.now();
        return left >= (leavingHalf ? working / 2 + needed.longest : needed.within(working));
      },
      deliver: async (messages) => {
        const from = clock.now();
        const [first] = messages;
        // A fold begins the handlers of those that follow, and there has to be time for them too.
        const isTimeForMore = deadline - from >= 2 * needed.within(working);
        let settled = 0;
        progress.begin(first);
        for await (const [message, ending] of deliver(isTimeForMore ? messages : [first], options)) {
          report.delivery({ ...logFields(message), ...ending });
          await progress.finish(message, ending.leaseUntil ?? ending.retryAt);
          if (waitingOutcomes.has(ending.outcome)) return { settled, stops: true };
          settled += 1;
          const next = messages[settled];
          if (next !== undefined) progress.begin(next);
        }
        needed.saw(clock.now() - from);
        return { settled, stops: false };
      },
      postpone: (rest, advanced) => progress.postpone(rest, advanced),
      isolate: async () => {
        await asked.idle();
        // What is deleted comes never again, so it has to be counted before a process that may end.
        report.metrics();
        await progress.acknowledge();
      },
      random: dependencies.random,
    });
    const isAtWork = ({ reading: { parsed } }: Message<Event>) =>
      parsed !== undefined && 'event' in parsed && asked.isAtWork(parsed.event);
    const work = processed.finally(() => asked.idle());
    const response = await exitBeforeTimeout(work, end, clock, async () => {
      const overdue = await progress.cutShort((message) =>
        retryLater(message, 'failed', overdueHandler, options, knownJobOf(message, options)),
      );
      for (const [message, ending] of overdue) report.delivery({ ...logFields(message), ...ending });
      const told = new Set(overdue.map(([message]) => message));
      for (const message of messages.filter((one) => isAtWork(one) && !told.has(one))) {
        report.delivery({ ...logFields(message), ...logReason('failed', overdueHandler) });
      }
      report.metrics();
      dependencies.endProcess();
    });
    report.metrics();
    return response;
  };
}

/** What was made once stays; an error is thrown each time, so that the next invocation tries again. */
function onceItSucceeds<Made>(make: () => Made): () => Made {
  let made: Made | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

type Asking<Event extends CloudEvent, Kind extends HandlerKind> = {
  readonly handle: Handlers<Event>[Kind];
} & Pick<MemoizedHandler<Event>, 'isAtWork' | 'idle'>;

function asking<Event extends CloudEvent, Kind extends HandlerKind>(
  { kind }: Guarantee<Kind>,
  handle: Handlers<Event>[Kind],
): Asking<Event, Kind> {
  // What acts is waited for where it is called, and asked again if it has to act again.
  if (kind === 'external') return { handle, isAtWork: () => false, idle: async () => {} };
  const once = new MemoizedHandler(handle as EffectHandler<Event>);
  return {
    handle: once.handle as EffectHandler<Event> as Handlers<Event>[Kind],
    isAtWork: (event) => once.isAtWork(event),
    idle: () => once.idle(),
  };
}

/** Why a message stays whose handler was pending in the last moment. */
const overdueHandler = {
  code: 'OVERDUE',
  message: 'It was pending when its invocation was about to end, and its process was ended',
} as const;

/**
 * A lease that outlasts the visibility timeout is met by its own message, again and again. Synthesis refuses it where
 * it knows both numbers; this is for a function or a queue that was changed since. No environment tells a function
 * its timeout, so the first that is known of it is the remaining time of an invocation. Asked under every guarantee:
 * exactly-once takes a lease too, over an outcome that an operator sent again.
 */
function refuseLongLeases(remainingTime: number, { visibilityTimeoutSeconds }: ConsumerDependencies): void {
  const lease = longestLease(remainingTime);
  if (lease <= visibilityTimeoutSeconds * 1000) return;
  throw new ConfigurationError(
    `A lease would last ${lease / 1000} s (${remainingTime / 1000} s of the invocation + ` +
      `${allowedClockSkew / 1000} s of clock skew), but the visibility timeout is ${visibilityTimeoutSeconds} s: raise ` +
      `the queue's visibility timeout and ${environmentNames.visibilityTimeoutSeconds}, or lower the function's timeout`,
  );
}

function logFields({ id, group, receiveCount, trace, reading: { names } }: Message<CloudEvent>) {
  return {
    messageId: id,
    messageGroup: group,
    receiveCount,
    ...(isSuspect({ receiveCount }) && { suspect: true as const }),
    ...(trace !== undefined && { trace }),
    ...(names !== undefined && {
      source: names.source,
      eventId: names.eventId,
      ...(names.sequence !== undefined && { sequence: names.sequence }),
    }),
  };
}
