import type { CloudEvent } from '../contract/event.ts';
import { fingerprint } from '../contract/identity.ts';
import { backoffCap, isSpent, isSuspect, type Tries } from '../contract/retrying.ts';
import type { Means } from './ending.ts';
import { underWay } from './errors.ts';
import type { Task } from './guarantees/guarantee.ts';
import type { Content, Message } from './message.ts';
import { lastStay } from './retry-at.ts';
import type { Past } from './stores/record-store.ts';
import { isInsideWindow } from './window.ts';
import type { Wiring } from './wiring.ts';

/** The delivery of a message's event as guarantees see it; each one made has an `attempt` of its own. */
export function taskOf<Event extends CloudEvent>(
  message: Message<Event>,
  { event, key }: Exclude<Content<Event>, { readonly invalid: unknown }>,
  means: Means,
): Task<Event> {
  const { clock, random, recordTtlSeconds } = means.wiring;
  return {
    event,
    body: message.body,
    carriedAttempt: message.carriedAttempt,
    end: means.end,
    deadline: deadlineOf(message, means),
    isSuspect: isSuspect(message),
    // What fails and says so may try again, however often it has: it may have been mended since.
    mayBegin: (past: Past) => past.lastError !== underWay || !areSpent(past, message, means.wiring),
    identity: {
      id: key,
      fingerprint: fingerprint(event),
      attempt: random.uuid(),
      consumer: means.consumer,
      source: event.source,
      eventId: event.id,
      messageGroup: message.group,
      sequence: event.sequence,
      messageId: message.id,
      insideWindow: isInsideWindow(message.publishedAt, clock.now(), recordTtlSeconds),
    },
  };
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
