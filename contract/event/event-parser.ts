import type * as v from 'valibot';
import { type CloudEvent, checked, cloudEvent, readEnvelope } from './cloud-event.ts';
import { maxConsumerName } from './consumer-name.ts';
import { parseExactJson } from './exact-json.ts';
import { idempotencyKey } from './identity.ts';

export { type CloudEvent, cloudEvent };

const longestName = 'x'.repeat(maxConsumerName);

/** Takes a message's body, returns its event. */
export type EventParser<Event extends CloudEvent> = (body: string) => Event;

/**
 * A parser of the events that `schema` describes.
 *
 * @param schema A valibot schema over the envelope's entries. It checks and does not transform: what is returned
 *   is the body's own JSON, unknown attributes included and attributes that are `null` left out.
 * @returns A function that throws `InvalidEventError`, naming the field, for every body that is no such event.
 */
export function eventParser<Event extends CloudEvent>(
  schema: v.GenericSchema<Event, unknown>,
): EventParser<Event> {
  return (body) => {
    const event = checked(schema, readEnvelope(parseExactJson(body)));
    // Refused by the publisher already, and not only by a consumer, to whose name the key belongs.
    idempotencyKey(longestName, event);
    return event;
  };
}
