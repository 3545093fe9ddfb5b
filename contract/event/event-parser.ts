import type { SQSMessageAttributes } from 'aws-lambda';
import type * as v from 'valibot';
import { type CloudEvent, checked, cloudEvent, readEnvelope } from './cloud-event.ts';
import { maxConsumerName } from './consumer-name.ts';
import { parseExactJson } from './exact-json.ts';
import { idempotencyKey } from './identity.ts';

export { type CloudEvent, cloudEvent };

const longestName = 'x'.repeat(maxConsumerName);

/** What a parser sees of a message. */
export interface ReceivedMessage {
  readonly body: string;
  /** The SQS message attributes, in the form in which Lambda hands them over. */
  readonly attributes: SQSMessageAttributes;
}

/** Takes a message, returns its event. */
export type EventParser<Event extends CloudEvent> = (message: ReceivedMessage) => Event;

/**
 * Reads the event of a body: exact numbers and the envelope are checked, `data` is not.
 *
 * @returns The body's own JSON, unknown attributes included and attributes that are `null` left out.
 * @throws InvalidEventError that names the field.
 */
export function readEvent(body: string): CloudEvent {
  const event = readEnvelope(parseExactJson(body));
  // Refused by the publisher already, and not only by a consumer, to whose name the key belongs.
  idempotencyKey(longestName, event);
  return event;
}

/**
 * A parser of the events that `schema` describes.
 *
 *   const parseBooking = eventParser<v.InferInput<typeof booking>>(booking);
 *   parseBooking({ body: '{"specversion":"1.0", ...}' });
 *
 * @param schema A valibot schema over the envelope's entries. It checks and does not transform: what is returned
 *   is the body's own JSON, unknown attributes included and attributes that are `null` left out.
 * @returns A function that throws `InvalidEventError`, naming the field, for every body that is no such event.
 */
export function eventParser<Event extends CloudEvent>(
  schema: v.GenericSchema<Event, unknown>,
): (message: Pick<ReceivedMessage, 'body'>) => Event {
  return ({ body }) => checked(schema, readEvent(body));
}
