import type { CloudEvent } from '../contract/event.ts';
import { shorten } from '../contract/shorten.ts';
import type { DeliveryOptions, Ending, Means } from './ending.ts';
import {
  codeOf,
  describe,
  NeverEndedError,
  NotThisEventError,
  PermanentError,
  retryAfterOf,
} from './errors.ts';
import { foldMessages } from './fold-messages.ts';
import { isOwnFailure } from './guarantees/count-attempt.ts';
import type { HandlerKind, Task, Verdict } from './guarantees/guarantee.ts';
import { copyBody, fitsRecord } from './keep-body.ts';
import { copy, endingOf, quarantine, reasonOf } from './leave.ts';
import type { Message } from './message.ts';
import { settlePoison } from './poison.ts';
import { stay } from './stay.ts';
import { areSpent, taskOf } from './task.ts';

/**
 * Works on messages of one group: on as many at once as its guarantee folds, or on the first one alone, until each is
 * settled: applied, found to be applied, recorded as unknown, or copied to the dead-letter queue. What another delivery
 * may mend leaves it in its queue (`waitingOutcomes`), a store or queue that does not answer included. `Deliver` in
 * spec/OrderOnce.tla.
 *
 * @param messages None of them is a suspect, unless it is the only one.
 * @returns How the first of them ended, one after the other; only the last of these may have to come again. Never rejects.
 */
export async function* deliver<Event extends CloudEvent, Kind extends HandlerKind>(
  messages: readonly [Message<Event>, ...Message<Event>[]],
  options: DeliveryOptions<Event, Kind>,
): AsyncGenerator<readonly [message: Message<Event>, ending: Ending], void, undefined> {
  const [first] = messages;
  let failure: Pick<Ending, 'foldFailure' | 'foldError'>;
  try {
    const { settled, ...failed } = await foldMessages(messages, options);
    for (const [message, task, verdict] of settled) {
      const conclusion = () =>
        isOwnBody(verdict, message)
          ? deliverAlone(message, options)
          : conclude(verdict, message, task, options);
      yield [message, await orStay(message, options, conclusion)];
    }
    if (settled.length > 0) return;
    failure = failed;
  } catch (error) {
    yield [first, await stayAfter(error, first, options)];
    return;
  }
  yield [first, { ...(await orStay(first, options, () => deliverAlone(first, options))), ...failure }];
}

async function deliverAlone<Event extends CloudEvent, Kind extends HandlerKind>(
  message: Message<Event>,
  options: DeliveryOptions<Event, Kind>,
): Promise<Ending> {
  const { reading } = message;
  const { asItCame } = reading;
  const own = asItCame && taskOf(message, asItCame, options);
  if (own?.isCountedBefore) {
    const verdict = await verdictUnparsed(own, message, options);
    if (verdict !== undefined) return await conclude(verdict, message, own, options);
  }
  const { content } = reading;
  if ('waits' in content) throw content.waits;
  if ('invalid' in content) {
    const reason = reasonOf(content.invalid);
    // A suspect has a record by now, of the attempt that its parser was.
    if (own?.isCountedBefore) return await quarantine(message, own, reason, options);
    return await copy(message, 'poison', reason, options);
  }
  const task = taskOf(message, content.identity, options);
  const verdict = await verdictOf(task, options);
  if (own === undefined || !isOwnBody(verdict, message)) {
    return await conclude(verdict, message, task, options);
  }
  return await conclude(await verdictOf(own, options), message, own, options);
}

/**
 * The verdict on a suspect, whose parser runs as the first part of its handler, under the identity that the body has.
 *
 * @returns `undefined` if the parser has to say first who the event is.
 */
async function verdictUnparsed<Event extends CloudEvent, Kind extends HandlerKind>(
  task: Task<Event>,
  { reading }: Message<Event>,
  options: DeliveryOptions<Event, Kind>,
): Promise<Verdict | undefined> {
  let verdict: Verdict;
  try {
    verdict = await verdictOf(task, options);
  } catch (error) {
    if (error instanceof NotThisEventError) return undefined;
    throw error;
  }
  if (verdict.outcome !== 'conflict' && verdict.outcome !== 'out-of-window') return verdict;
  // Both would give the event up, and a parser may give it another identity.
  const { content } = reading;
  const { id, fingerprint } = task.identity;
  const isSame =
    'event' in content && content.identity.id === id && content.identity.fingerprint === fingerprint;
  return isSame ? verdict : undefined;
}

/**
 * Whether the conflict is with a record of the same body, begun before its parser could be asked: a parser may change what
 * the fingerprint covers.
 */
function isOwnBody(verdict: Verdict, { reading }: Message<CloudEvent>): boolean {
  return (
    verdict.outcome === 'conflict' && verdict.applied === reading.asItCame?.fingerprintLike(verdict.applied)
  );
}

/** What does not answer leaves the message in its queue. */
async function orStay(
  message: Message<CloudEvent>,
  means: Means,
  end: () => Promise<Ending>,
): Promise<Ending> {
  try {
    return await end();
  } catch (error) {
    return await stayAfter(error, message, means);
  }
}

async function stayAfter(error: unknown, message: Message<CloudEvent>, means: Means): Promise<Ending> {
  const reason = { code: codeOf(error), message: describe(error), error };
  const ending = await stay(message, 'failed', reason, means, { retryAfter: retryAfterOf(error) });
  return means.commonFailure.is(error) ? { ...ending, commonFailure: true } : ending;
}

/** A permanent error becomes a verdict too, and its event may have one already that goes before it. */
async function verdictOf<Event extends CloudEvent, Kind extends HandlerKind>(
  task: Task<Event>,
  { guarantee, handle, wiring, warn, commonFailure }: DeliveryOptions<Event, Kind>,
): Promise<Verdict> {
  try {
    return await guarantee.settle(task, handle, wiring);
  } catch (error) {
    if (isOwnFailure(error)) commonFailure.failed(task.identity.id, error);
    if (!(error instanceof PermanentError)) throw error;
    const refused = { outcome: 'refused', error } as const;
    if (wiring.onPoison === 'quarantine') return refused;
    return await guarantee.recordRefusal(task, error, wiring).catch((cause: unknown) => {
      warn('The refusal of an event has no record, so no skip of its message can stand', cause);
      return refused;
    });
  }
}

async function conclude<Event extends CloudEvent>(
  verdict: Verdict,
  message: Message<Event>,
  task: Task<Event>,
  means: Means,
): Promise<Ending> {
  switch (verdict.outcome) {
    case 'applied':
      means.commonFailure.succeeded();
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
      return await keepUnknown(verdict, message, task, means);
    case 'refused':
      return await settlePoison(message, task, 'poison', reasonOf(verdict.error), means);
    case 'tried':
      return await retryOrGiveUp(verdict, message, task, means);
    case 'fenced':
      return await stay(
        message,
        'fenced',
        { code: 'FENCED', message: verdict.reason, error: verdict.error },
        means,
      );
    case 'conflict': {
      const reason = {
        code: 'CONFLICT',
        message: `Event ${task.identity.eventId} of ${task.identity.source} came before with other content`,
        fingerprints: { applied: verdict.applied, received: verdict.received },
      };
      return await settlePoison(message, task, 'conflict', reason, means);
    }
    case 'out-of-window': {
      const reason = {
        code: 'OUT_OF_WINDOW',
        message:
          `Published at ${new Date(message.publishedAt).toISOString()}, and records count for ` +
          `${means.wiring.recordTtlSeconds} s: whether it was applied cannot be told any more`,
      };
      return await copy(message, 'out-of-window', reason, means);
    }
  }
}

/**
 * A body that its record has no room for is in the dead-letter queue. Another message with it may be the redrive of that
 * very copy: acknowledged as it is, it would be the last one that is left.
 */
async function keepUnknown<Event extends CloudEvent>(
  { reason, keptWith, error }: Extract<Verdict, { outcome: 'unknown' }>,
  message: Message<Event>,
  task: Task<Event>,
  means: Means,
): Promise<Ending> {
  const recordId = task.identity.id;
  const ending = {
    ...endingOf('unknown', { code: 'OUTCOME_UNKNOWN', message: reason, error }),
    recordId,
  };
  if (keptWith !== undefined && keptWith.messageId !== message.id) {
    await copyBody(message, { recordId, attempt: keptWith.attempt ?? '', reason }, means);
  }
  if (keptWith === undefined && fitsRecord(message.body)) return ending;
  return { ...ending, reason: `${reason}. A copy in the dead-letter queue keeps its body (BODY_KEPT)` };
}

async function retryOrGiveUp<Event extends CloudEvent>(
  { error, tries }: Extract<Verdict, { outcome: 'tried' }>,
  message: Message<Event>,
  task: Task<Event>,
  means: Means,
): Promise<Ending> {
  // An event that is begun no more says nothing of the handler as it is deployed now. If it stayed for a common failure,
  // no success could end that.
  if (!(error instanceof NeverEndedError)) {
    means.commonFailure.failed(task.identity.id, error);
    if (means.commonFailure.is(error)) return await stayAfter(error, message, means);
  }
  const reason = { code: codeOf(error), message: describe(error), error };
  const { attempts } = tries;
  if (!areSpent(tries, message, means.wiring)) {
    return await stay(message, 'failed', { ...reason, attempts }, means);
  }
  const text = shorten(`Attempt ${attempts} failed, as those before it: ${reason.message}`);
  return await settlePoison(
    message,
    task,
    'poison',
    { code: 'ATTEMPTS_EXHAUSTED', message: text, attempts, error },
    means,
  );
}
