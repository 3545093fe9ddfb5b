import type { SQSMessageAttributes } from 'aws-lambda';
import type * as v from 'valibot';
import { type CloudEvent, checked, cloudEvent, readEnvelope } from './cloud-event.ts';
import { maxConsumerName } from './consumer-name.ts';
import { parseExactJson } from './exact-json.ts';
import { idempotencyKey } from './identity.ts';

export { type CloudEvent, cloudEvent };

const longestName = 'x'.repeat(maxConsumerName);

/** The parts of a message that a parser gets. */
export interface ReceivedMessage {
  readonly body: string;
  /** The SQS message attributes, in the form in which Lambda hands them over. */
  readonly attributes: SQSMessageAttributes;
}

/** Parses a message into its event. Throws if the message is not a valid event. */
export type EventParser<Event extends CloudEvent> = (message: ReceivedMessage) => Event;

/**
 * Reads the event of a body: exact numbers and the envelope are checked, `data` is not.
 *
 * @returns The body's own JSON, unknown attributes included and attributes that are `null` left out.
 * @throws InvalidEventError that names the field.
 */
export function readEvent(body: string): CloudEvent {
  const event = readEnvelope(parseExactJson(body));
  // Checked with the longest name, so that the publisher refuses a key that would be too long at a consumer.
  idempotencyKey(longestName, event);
  return event;
}

/**
 * Makes a parser of the events that `schema` describes.
 *
 *   const parseBooking = eventParser<v.InferInput<typeof booking>>(booking);
 *   parseBooking('{"specversion":"1.0", ...}');
 *
 * @param schema A valibot schema over the envelope's entries. It only checks: the parser returns the body's own JSON, with unknown
 *   attributes and without attributes that are `null`.
 * @returns A parser of a body or of a message that SQS delivered. It throws an `InvalidEventError` with the field if the body is
 *   not such an event.
 */
export function eventParser<Event extends CloudEvent>(
  schema: v.GenericSchema<Event, unknown>,
): (message: string | Pick<ReceivedMessage, 'body'>) => Event {
  return (message) => checked(schema, readEvent(typeof message === 'string' ? message : message.body));
}
