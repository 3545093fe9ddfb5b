import type { DeliveryLog } from '../contract/delivery-log.ts';
import type { OrderOnceError } from '../contract/errors.ts';
import type { CloudEvent } from '../contract/event.ts';
import { fingerprint } from '../contract/identity.ts';
import type { DeadLetterReason } from '../contract/message-attributes.ts';
import { deadLetterOf } from './dead-letter.ts';
import type { Effect } from './effects.ts';
import { codeOf, describe, NoEffectsError, PermanentError, shorten } from './errors.ts';
import { applyExactlyOnce, type Verdict } from './exactly-once.ts';
import type { Message } from './message.ts';
import type { Wiring } from './wiring.ts';

/**
 * What an event does: a function from the event to its effects. It must not act outside of them, since it runs on
 * every delivery, and the runtime alone decides whether the effects are committed. It depends on the event alone:
 * where it refuses an event that it accepted before, that event is applied and yet in the dead-letter queue.
 */
export type Handler<Event extends CloudEvent> = (
  event: Event,
) => readonly Effect[] | Promise<readonly Effect[]>;

export interface DeliveryOptions<Event extends CloudEvent> {
  readonly consumer: string;
  readonly handle: Handler<Event>;
  readonly wiring: Wiring;
  /** Milliseconds since the epoch: a commit that could not be decided is not tried again after it. */
  readonly deadline: number;
}

/** How a delivery ended: the fields of its log line that depend on it. */
export type Ending = Pick<DeliveryLog, 'outcome' | 'appliedWith' | 'code' | 'reason' | 'field'>;

/**
 * Works on one message until it is settled: applied, found to be applied, or copied to the dead-letter queue. Only
 * `failed` leaves it in its queue: for everything that another try may mend, a store or queue that does not answer
 * included. Never rejects.
 */
export async function deliver<Event extends CloudEvent>(
  message: Message<Event>,
  options: DeliveryOptions<Event>,
): Promise<Ending> {
  try {
    const { content } = message;
    if ('invalid' in content) return await quarantine(message, options, 'poison', reasonOf(content.invalid));
    try {
      return await settle(message, content.event, content.key, options);
    } catch (error) {
      if (!(error instanceof PermanentError)) throw error;
      return await quarantine(message, options, 'poison', reasonOf(error));
    }
  } catch (error) {
    return { outcome: 'failed', code: codeOf(error), reason: describe(error) };
  }
}

async function settle<Event extends CloudEvent>(
  message: Message<Event>,
  event: Event,
  key: string,
  options: DeliveryOptions<Event>,
): Promise<Ending> {
  const verdict = await apply(message, event, key, options);
  if (verdict.outcome === 'applied') return verdict;
  if (verdict.outcome === 'duplicate') {
    return {
      outcome: 'duplicate',
      ...(verdict.appliedWith !== undefined && { appliedWith: verdict.appliedWith }),
    };
  }
  return await quarantine(message, options, 'conflict', {
    code: 'CONFLICT',
    message: `Event ${event.id} of ${event.source} was applied before with other content`,
    fingerprints: { applied: verdict.applied, received: verdict.received },
  });
}

async function apply<Event extends CloudEvent>(
  message: Message<Event>,
  event: Event,
  key: string,
  { consumer, handle, wiring, deadline }: DeliveryOptions<Event>,
): Promise<Verdict> {
  const effects = await handle(event);
  if (!Array.isArray(effects)) throw new NoEffectsError(effects);
  const now = wiring.clock.now();
  const completion = {
    id: key,
    fingerprint: fingerprint(event),
    attempt: wiring.random.uuid(),
    consumer,
    source: event.source,
    eventId: event.id,
    messageGroup: message.group,
    sequence: event.sequence,
    messageId: message.id,
    now,
    expiration: Math.floor(now / 1000) + wiring.recordTtlSeconds,
  };
  return await applyExactlyOnce(completion, effects, { ...wiring, deadline });
}

/** First the copy in the dead-letter queue, then the acknowledgement: a copy that fails leaves the message. */
async function quarantine<Event extends CloudEvent>(
  message: Message<Event>,
  { consumer, wiring }: DeliveryOptions<Event>,
  outcome: 'poison' | 'conflict',
  reason: Pick<DeadLetterReason, 'code' | 'message' | 'field' | 'fingerprints'>,
): Promise<Ending> {
  await wiring.deadLetters.send(deadLetterOf(message, { ...reason, consumer, messageGroup: message.group }));
  const { code, message: text, field } = reason;
  return { outcome, code, reason: text, ...(field !== undefined && { field }) };
}

/** What log and dead letter say: shortened, since both have a limit, and a field's path may be as long as the body. */
function reasonOf(error: OrderOnceError & { field?: string | undefined }) {
  const { code, field } = error;
  return { code, message: describe(error), ...(field !== undefined && { field: shorten(field) }) };
}
