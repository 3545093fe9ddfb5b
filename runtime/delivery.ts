import type { DeliveryLog } from '../contract/delivery-log.ts';
import type { OrderOnceError } from '../contract/errors.ts';
import type { CloudEvent } from '../contract/event.ts';
import { fingerprint } from '../contract/identity.ts';
import type { DeadLetterReason } from '../contract/message-attributes.ts';
import { backoff, isSpent, isSuspect, type Tries } from '../contract/retrying.ts';
import { deadLetterOf } from './dead-letter.ts';
import { codeOf, describe, PermanentError, retryAfterOf, shorten, underWay } from './errors.ts';
import type { Guarantee, HandlerKind, Handlers, Task } from './guarantees/guarantee.ts';
import type { Message } from './message.ts';
import type { Past } from './stores/record-store.ts';
import { longestHiding } from './visibility.ts';
import { isInsideWindow } from './window.ts';
import type { Wiring } from './wiring.ts';

export interface DeliveryOptions<Event extends CloudEvent, Kind extends HandlerKind> {
  readonly consumer: string;
  readonly guarantee: Guarantee<Kind>;
  readonly handle: Handlers<Event>[Kind];
  readonly wiring: Wiring;
  /** Milliseconds since the epoch: when the invocation ends. */
  readonly end: number;
  /** Milliseconds since the epoch: no new request begins after it. */
  readonly deadline: number;
}

/** How a delivery ended: the fields of its log line that depend on it. */
export type Ending = Pick<
  DeliveryLog,
  'outcome' | 'stale' | 'appliedWith' | 'leaseUntil' | 'retryAt' | 'attempts' | 'code' | 'reason' | 'field'
>;

/**
 * Works on one message until it is settled: applied, found to be applied, recorded as unknown, or copied to the
 * dead-letter queue. What another delivery may mend leaves it in its queue (`waitingOutcomes`), a store or queue that
 * does not answer included. Never rejects.
 */
export async function deliver<Event extends CloudEvent, Kind extends HandlerKind>(
  message: Message<Event>,
  options: DeliveryOptions<Event, Kind>,
): Promise<Ending> {
  try {
    const { content } = message;
    if ('invalid' in content) return await copy(message, options, 'poison', reasonOf(content.invalid));
    const task = taskOf(message, content.event, content.key, options);
    try {
      return await settle(message, task, options);
    } catch (error) {
      if (!(error instanceof PermanentError)) throw error;
      return await quarantine(message, task, options, reasonOf(error));
    }
  } catch (error) {
    const failed = { outcome: 'failed', code: codeOf(error), reason: describe(error) } as const;
    return { ...failed, retryAt: retryAt(message, options.wiring, retryAfterOf(error)) };
  }
}

/**
 * When a message is given again that was not settled: after its backoff, or later where its handler said so. Never
 * sooner: a provider that says "in a second" throughout an outage would use up the receives that SQS grants, in minutes.
 *
 * @param retryAfter In ms.
 */
function retryAt({ receiveCount }: Message<CloudEvent>, { clock, random }: Wiring, retryAfter = 0): number {
  const wait = Math.max(retryAfter, backoff(receiveCount, random.next()) * 1000);
  return clock.now() + Math.min(wait, longestHiding);
}

async function settle<Event extends CloudEvent, Kind extends HandlerKind>(
  message: Message<Event>,
  task: Task<Event>,
  options: DeliveryOptions<Event, Kind>,
): Promise<Ending> {
  const { guarantee, handle, wiring } = options;
  const verdict = await guarantee.settle(task, handle, wiring);
  switch (verdict.outcome) {
    case 'applied':
      return verdict;
    case 'duplicate': {
      const { appliedWith } = verdict;
      return { outcome: 'duplicate', ...(appliedWith !== undefined && { appliedWith }) };
    }
    case 'busy':
      return { outcome: 'busy', leaseUntil: verdict.leaseUntil };
    case 'quarantined':
      return { outcome: 'poison', code: 'QUARANTINED', reason: verdict.reason };
    case 'unknown':
      return { outcome: 'unknown', code: 'OUTCOME_UNKNOWN', reason: verdict.reason };
    case 'tried': {
      const { error, tries } = verdict;
      const { attempts } = tries;
      const failed = { outcome: 'failed', code: codeOf(error), reason: describe(error) } as const;
      if (!areSpent(tries, message, wiring)) {
        return { ...failed, attempts, retryAt: retryAt(message, wiring) };
      }
      const text = `Attempt ${attempts} failed, as those before it: ${failed.reason}`;
      const reason = { code: 'ATTEMPTS_EXHAUSTED', message: shorten(text), attempts };
      return await quarantine(message, task, options, reason);
    }
    case 'fenced':
      return {
        outcome: 'fenced',
        code: 'FENCED',
        reason: verdict.reason,
        retryAt: retryAt(message, wiring),
      };
    case 'conflict':
      return await copy(message, options, 'conflict', {
        code: 'CONFLICT',
        message: `Event ${task.event.id} of ${task.event.source} came before with other content`,
        fingerprints: { applied: verdict.applied, received: verdict.received },
      });
    case 'out-of-window':
      return await copy(message, options, 'out-of-window', {
        code: 'OUT_OF_WINDOW',
        message:
          `Published at ${new Date(message.publishedAt).toISOString()}, and records count for ` +
          `${wiring.recordTtlSeconds} s: whether it was applied cannot be told any more`,
      });
  }
}

/**
 * Whether the event of a message that failed so often is given up. A redrive is tried for as long as a new message: its
 * record keeps the first attempt of all, since that is what a provider's memory of the key is counted from.
 */
function areSpent(
  { attempts, firstAttemptAt }: Tries,
  { firstReceived }: Message<CloudEvent>,
  { clock }: Wiring,
): boolean {
  return isSpent({ attempts, firstAttemptAt: Math.max(firstAttemptAt, firstReceived) }, clock.now());
}

function taskOf<Event extends CloudEvent>(
  message: Message<Event>,
  event: Event,
  key: string,
  { consumer, wiring, end, deadline }: Omit<DeliveryOptions<Event, HandlerKind>, 'guarantee' | 'handle'>,
) {
  const { clock, random, recordTtlSeconds } = wiring;
  return {
    event,
    body: message.body,
    carriedAttempt: message.carriedAttempt,
    end,
    deadline,
    isSuspect: isSuspect(message),
    // What fails and says so may try again, however often it has: it may have been mended since.
    mayBegin: (past: Past) => past.lastError !== underWay || !areSpent(past, message, wiring),
    identity: {
      id: key,
      fingerprint: fingerprint(event),
      attempt: random.uuid(),
      consumer,
      source: event.source,
      eventId: event.id,
      messageGroup: message.group,
      sequence: event.sequence,
      messageId: message.id,
      insideWindow: isInsideWindow(message.publishedAt, clock.now(), recordTtlSeconds),
    },
  };
}

type Reason = Pick<DeadLetterReason, 'code' | 'message' | 'field' | 'fingerprints' | 'attempts'>;

/**
 * First the copy in the dead-letter queue, then the record, then the acknowledgement. A crash in between lets the
 * message come again: then there may be a second copy, which the queue drops for 5 minutes, and never none.
 */
async function quarantine<Event extends CloudEvent, Kind extends HandlerKind>(
  message: Message<Event>,
  task: Task<Event>,
  options: DeliveryOptions<Event, Kind>,
  reason: Reason,
): Promise<Ending> {
  const ending = await copy(message, options, 'poison', reason);
  await options.guarantee.quarantine(task, reason.message, options.wiring);
  return ending;
}

/**
 * First the copy in the dead-letter queue, then the acknowledgement: a copy that fails leaves the message. For what
 * has no record of its own: no identity, another event's, or none that could be told.
 */
async function copy<Event extends CloudEvent>(
  message: Message<Event>,
  { consumer, wiring }: { readonly consumer: string; readonly wiring: Wiring },
  outcome: 'poison' | 'conflict' | 'out-of-window',
  reason: Reason,
): Promise<Ending> {
  await wiring.deadLetters.send(deadLetterOf(message, { ...reason, consumer }));
  const { code, message: text, field } = reason;
  return { outcome, code, reason: text, ...(field !== undefined && { field }) };
}

/** What log and dead letter say: shortened, since both have a limit, and a field's path may be as long as the body. */
function reasonOf(error: OrderOnceError & { field?: string | undefined }) {
  const { code, field } = error;
  return { code, message: describe(error), ...(field !== undefined && { field: shorten(field) }) };
}
