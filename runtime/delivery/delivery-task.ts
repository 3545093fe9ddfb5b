import type { CloudEvent } from '../../contract/event/event-parser.ts';
import { bodyKey } from '../../contract/event/identity.ts';
import { isInsideHistory, isInsideWindow } from '../../contract/policies/idempotency-window.ts';
import { type AttemptHistory, backoffCapSeconds } from '../../contract/policies/retry-policy.ts';
import type { Job, Task } from '../guarantees/guarantee.ts';
import { isOwnFailure } from '../handler/errors.ts';
import type { DeliveryContext } from '../message/delivery-context.ts';
import type { Identity, Valid } from '../message/reading.ts';
import { attemptsExhausted, latestNextTry } from '../message/retry-schedule.ts';
import type { Message } from '../message/sqs-message.ts';
import type { ConsumerDependencies } from '../ports/dependencies.ts';
import { keepBody } from '../settlement/keep-body.ts';

/**
 * Makes the task of a message's event for its guarantee.
 * @param counting For a suspect, whose attempt is counted before its handler starts: the time of its parser, in ms.
 */
export function taskOf<Event extends CloudEvent>(
  message: Message<Event>,
  { event, identity }: Valid<Event>,
  context: DeliveryContext,
  counting?: { readonly parserTookMs: number },
): Task<Event> {
  const job = jobOf(message, identity, context, false);
  if (counting === undefined) return { ...job, event };
  // The time of the suspect's own parser does not count. The remaining time must still be enough for a handler.
  const latest = partLeft(1 / 8, context.startedAt, job.deadlineAt);
  const latestHandlerStartAt = Math.min(job.latestHandlerStartAt + counting.parserTookMs, latest);
  return {
    ...job,
    event,
    latestHandlerStartAt,
    countsBeforeHandler: context.dependencies.clock.now() <= latestHandlerStartAt,
  };
}

/** Makes the job of a message whose body was read and is an event. Never runs the parser. */
export function knownJobOf(message: Message<CloudEvent>, context: DeliveryContext): Job | undefined {
  const { parsed } = message.reading;
  return parsed !== undefined && 'event' in parsed ? taskOf(message, parsed, context) : undefined;
}

/** Makes the job of a message's body, whose event is not known before the consumer's parser has run. */
export function bodyJobOf(message: Message<CloudEvent>, context: DeliveryContext, isCounted: boolean): Job {
  // A record of a body only counts attempts. Its age does not matter, and it has no attributes of an event.
  const names = { source: '', eventId: '', sequence: undefined, subject: undefined };
  const content = { fingerprint: fingerprintOfBodies, fingerprintLike: () => fingerprintOfBodies };
  const identity = { id: bodyKey(context.consumer, message.body), ...names, ...content };
  const job = jobOf(message, identity, context, isCounted);
  return { ...job, resendToken: undefined, identity: { ...job.identity, insideWindow: true } };
}

/** The record's key identifies the body, so the fingerprint is constant. */
const fingerprintOfBodies = 'body';

/** @param isCounted Whether the attempt is counted before it starts. */
export function jobOf(
  message: Message<CloudEvent>,
  { fingerprintLike, ...identity }: Identity,
  context: DeliveryContext,
  isCounted: boolean,
): Job {
  const deadlineAt = deadlineOf(message, context);
  return {
    fingerprintLike,
    formerly: context.formerly,
    isOwnFailure: (error) => isOwnFailure(error) && !context.commonFailure.includes(identity.id, error),
    warn: context.warn,
    keepBody: (attempt, reason) => keepBody(message, { recordId: identity.id, attempt, reason }, context),
    resendToken: message.resendToken,
    endsAt: context.endsAt,
    deadlineAt,
    countsBeforeHandler: isCounted,
    latestHandlerStartAt: partLeft(1 / 4, context.startedAt, deadlineAt),
    canStartHandler: (past: AttemptHistory) => canStartHandler(past, message, context.dependencies),
    nextTryAt: (now: number) => latestNextTry(message, now, context.dependencies),
    identity: {
      ...identity,
      ownerToken: message.ownerToken,
      consumer: context.consumer,
      messageGroup: message.group,
      messageId: message.id,
      insideWindow: isInWindow(message, context),
    },
  };
}

/**
 * Whether an event without a record was never applied: it is young enough that no record of it can have expired, and so
 * young that nothing else can have applied it before this consumer.
 */
export function isInWindow({ publishedAt }: Message<CloudEvent>, { dependencies }: DeliveryContext): boolean {
  const { clock, recordTtlSeconds, historyFrom } = dependencies;
  return (
    isInsideWindow(publishedAt, clock.now(), recordTtlSeconds) && isInsideHistory(publishedAt, historyFrom)
  );
}

/**
 * Whether parser and handler of a suspect are counted before they start: only if at least half of the invocation is
 * left. Otherwise a timeout could be the fault of other messages.
 */
export function countsBeforeHandler(message: Message<CloudEvent>, context: DeliveryContext): boolean {
  return context.dependencies.clock.now() <= partLeft(1 / 2, context.startedAt, deadlineOf(message, context));
}

/** The time until which this part of the invocation is left. For a suspect, a slow store may use half of it. */
function partLeft(part: number, startedAt: number, deadlineAt: number): number {
  return deadlineAt - part * (deadlineAt - startedAt);
}

/**
 * An event whose handler reports an error may be retried, because a deployment may have fixed it. An event whose
 * attempts never finish is poison. With onPoison 'block' the handler still starts on every second delivery, so that a
 * deployment can fix the event. The deliveries in between only report the block and look for a skip.
 */
function canStartHandler(
  past: AttemptHistory,
  message: Message<CloudEvent>,
  dependencies: ConsumerDependencies,
): boolean {
  const isExhausted = attemptsExhausted(past, message, dependencies.clock.now());
  if (past.state !== 'STARTED' || !isExhausted) return true;
  return dependencies.onPoison === 'block' && past.attempts % 2 === 0;
}

/**
 * Reserved time for a message that its queue is about to delete, in ms. If the store does not answer, its client gives
 * up after three requests of 3 seconds, and then the message must still be saved.
 */
const rescueTimeMs = 10_000;

function deadlineOf(
  { latestRetryAt }: Message<CloudEvent>,
  { deadlineAt, dependencies }: DeliveryContext,
): number {
  const now = dependencies.clock.now();
  if (now + backoffCapSeconds * 1000 <= latestRetryAt) return deadlineAt;
  return deadlineAt - Math.max(0, Math.min(rescueTimeMs, (deadlineAt - now) / 2));
}
