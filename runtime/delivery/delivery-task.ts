import type { CloudEvent } from '../../contract/event/event-parser.ts';
import { bodyKey } from '../../contract/event/identity.ts';
import { isInsideWindow } from '../../contract/policies/idempotency-window.ts';
import { type AttemptHistory, backoffCap } from '../../contract/policies/retry-policy.ts';
import type { Job, Task } from '../guarantees/guarantee.ts';
import { isOwnFailure } from '../handler/errors.ts';
import type { DeliveryContext } from '../message/delivery-context.ts';
import type { Identity, Valid } from '../message/reading.ts';
import { attemptsExhausted } from '../message/retry-schedule.ts';
import type { Message } from '../message/sqs-message.ts';
import type { ConsumerDependencies } from '../ports/dependencies.ts';
import { keepBody } from '../settlement/keep-body.ts';

/**
 * The delivery of a message's event as guarantees see it.
 * @param counting For a suspect, whose attempt is counted before its handler begins: how long its parser took, in ms.
 */
export function taskOf<Event extends CloudEvent>(
  message: Message<Event>,
  { event, identity }: Valid<Event>,
  context: DeliveryContext,
  counting?: { readonly parserTookMs: number },
): Task<Event> {
  const job = jobOf(message, identity, context, false);
  if (counting === undefined) return { ...job, event };
  // The time of its own parser is no neighbour's fault. What is left has to be enough for a handler all the same.
  const latest = partLeft(1 / 8, context.startedAt, job.deadline);
  const latestHandlerStart = Math.min(job.latestHandlerStart + counting.parserTookMs, latest);
  return {
    ...job,
    event,
    latestHandlerStart,
    countsBeforeHandler: context.dependencies.clock.now() <= latestHandlerStart,
  };
}

/** The same of a message whose body has been read, and is an event: never runs the parser. */
export function knownJobOf(message: Message<CloudEvent>, context: DeliveryContext): Job | undefined {
  const { parsed } = message.reading;
  return parsed !== undefined && 'event' in parsed ? taskOf(message, parsed, context) : undefined;
}

/** The delivery of a message's body, whose event nobody knows before the consumer's parser has run. */
export function bodyJobOf(message: Message<CloudEvent>, context: DeliveryContext, isCounted: boolean): Job {
  // It only counts: it is of any age, and whoever looks for the records of events finds none of theirs.
  const names = { source: '', eventId: '', sequence: undefined };
  const content = { fingerprint: fingerprintOfBodies, fingerprintLike: () => fingerprintOfBodies };
  const identity = { id: bodyKey(context.consumer, message.body), ...names, ...content };
  const job = jobOf(message, identity, context, isCounted);
  return { ...job, resendToken: undefined, identity: { ...job.identity, insideWindow: true } };
}

/** Its key says which body it is. */
const fingerprintOfBodies = 'body';

/** @param isCounted Whether its attempt is counted before it begins. */
export function jobOf(
  message: Message<CloudEvent>,
  { fingerprintLike, ...identity }: Identity,
  context: DeliveryContext,
  isCounted: boolean,
): Job {
  const deadline = deadlineOf(message, context);
  return {
    fingerprintLike,
    formerly: context.formerly,
    isOwnFailure: (error) => isOwnFailure(error) && !context.commonFailure.includes(identity.id, error),
    warn: context.warn,
    keepBody: (attempt, reason) => keepBody(message, { recordId: identity.id, attempt, reason }, context),
    resendToken: message.resendToken,
    end: context.endsAt,
    deadline,
    countsBeforeHandler: isCounted,
    latestHandlerStart: partLeft(1 / 4, context.startedAt, deadline),
    canStartHandler: (past: AttemptHistory) => canStartHandler(past, message, context.dependencies),
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

/** Whether the message is so young that no record of its event can have expired. */
export function isInWindow({ publishedAt }: Message<CloudEvent>, { dependencies }: DeliveryContext): boolean {
  return isInsideWindow(publishedAt, dependencies.clock.now(), dependencies.recordTtlSeconds);
}

/**
 * Whether parser and handler of a suspect are counted before they begin: half of the invocation is left. If they are not
 * done in that, the suspect is to blame, and no neighbour.
 */
export function countsBeforeHandler(message: Message<CloudEvent>, context: DeliveryContext): boolean {
  return context.dependencies.clock.now() <= partLeft(1 / 2, context.startedAt, deadlineOf(message, context));
}

/** Until when such a part of the invocation is left. A slow store may take half of what is left of it for a suspect. */
function partLeft(part: number, startedAt: number, deadlineAt: number): number {
  return deadlineAt - part * (deadlineAt - startedAt);
}

/**
 * What fails and says so may try again, however often it has: it may have been mended since. What never ends is poison.
 * Where that blocks its group every second delivery begins all the same, so that a deployment heals it; the ones between
 * tell of it, and look for an operator's skip.
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
 * What is kept of the time of a message that its queue is about to delete, in ms: a store that answers nothing takes
 * three requests of 3 seconds until its client gives up, and after that the message still has to be saved.
 */
const rescueTimeMs = 10_000;

function deadlineOf(
  { latestRetryAt }: Message<CloudEvent>,
  { deadlineAt, dependencies }: DeliveryContext,
): number {
  const now = dependencies.clock.now();
  if (now + backoffCap * 1000 <= latestRetryAt) return deadlineAt;
  return deadlineAt - Math.max(0, Math.min(rescueTimeMs, (deadlineAt - now) / 2));
}
