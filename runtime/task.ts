import type { CloudEvent } from '../contract/event.ts';
import { backoffCap, isSpent, isSuspect, type Tries } from '../contract/retrying.ts';
import type { Means } from './ending.ts';
import { NotThisEventError, underWay } from './errors.ts';
import { isOwnFailure } from './guarantees/count-attempt.ts';
import type { Task } from './guarantees/guarantee.ts';
import { keepBody } from './keep-body.ts';
import type { Message } from './message.ts';
import type { Identity } from './reading.ts';
import { lastStay } from './retry-at.ts';
import type { Past } from './stores/record-store.ts';
import { isInsideWindow } from './window.ts';
import type { Wiring } from './wiring.ts';

/**
 * The delivery of a message's event as guarantees see it.
 * @param identity Of the event, by its parser or by the body alone.
 */
export function taskOf<Event extends CloudEvent>(
  message: Message<Event>,
  { fingerprintLike, ...identity }: Identity,
  means: Means,
): Task<Event> {
  const { clock, recordTtlSeconds } = means.wiring;
  const deadline = deadlineOf(message, means);
  return {
    get event() {
      return eventOf(message, identity.id);
    },
    fingerprintLike,
    isOwnFailure: (error) => isOwnFailure(error) && !means.commonFailure.includes(identity.id, error),
    warn: means.warn,
    keepBody: (attempt, reason) => keepBody(message, { recordId: identity.id, attempt, reason }, means),
    carriedAttempt: message.carriedAttempt,
    end: means.end,
    deadline,
    isCountedBefore: isSuspect(message) && clock.now() <= partLeft(1 / 2, means.begun, deadline),
    lastBegin: partLeft(1 / 4, means.begun, deadline),
    mayBegin: (past: Past) => mayBegin(past, message, means.wiring),
    identity: {
      ...identity,
      attempt: message.attempt,
      consumer: means.consumer,
      messageGroup: message.group,
      messageId: message.id,
      insideWindow: isInsideWindow(message.publishedAt, clock.now(), recordTtlSeconds),
    },
  };
}

function eventOf<Event extends CloudEvent>({ reading }: Message<Event>, id: string): Event {
  const { content } = reading;
  if ('failed' in content) throw content.failed;
  if ('event' in content && content.identity.id === id) return content.event;
  throw new NotThisEventError();
}

/**
 * Until when such a part of the invocation is left. A suspect is counted before its handler only with half of it left, since
 * one that is not done in that is to blame, and no neighbour; a slow store may take half of that again.
 */
function partLeft(part: number, begun: number, deadline: number): number {
  return deadline - part * (deadline - begun);
}

/**
 * What fails and says so may try again, however often it has: it may have been mended since. What never ends is poison.
 * Where that blocks its group every second delivery begins all the same, so that a deployment heals it; the ones between
 * tell of it, and look for an operator's skip.
 */
function mayBegin(past: Past, message: Message<CloudEvent>, wiring: Wiring): boolean {
  if (past.lastError !== underWay || !areSpent(past, message, wiring)) return true;
  return wiring.onPoison === 'block' && past.attempts % 2 === 0;
}

/**
 * Whether the event of a message that failed so often is given up. A redrive is tried for as long as a new message: its
 * record keeps the first attempt of all, since that is what a provider's memory of the key is counted from.
 */
export function areSpent(
  { attempts, firstAttemptAt }: Tries,
  { firstReceived }: Message<CloudEvent>,
  { clock }: Wiring,
): boolean {
  return isSpent({ attempts, firstAttemptAt: Math.max(firstAttemptAt, firstReceived) }, clock.now());
}

/**
 * What is kept of the time of a message that its queue is about to delete, in ms: a store that answers nothing takes
 * three requests of 3 seconds until its client gives up, and after that the message still has to be saved.
 */
const rescueTime = 10_000;

function deadlineOf(message: Message<CloudEvent>, { deadline, wiring }: Means): number {
  const now = wiring.clock.now();
  if (now + backoffCap * 1000 <= lastStay(message, wiring)) return deadline;
  return deadline - Math.max(0, Math.min(rescueTime, (deadline - now) / 2));
}
