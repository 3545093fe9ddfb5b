import { InvalidEventError } from '../../contract/errors.ts';
import type { CloudEvent } from '../../contract/event/event-parser.ts';

/**
 * Returns the event if it has the parts that identify events and groups. Your own parser may check less than the envelope,
 * and a missing part would become a constant: one group, or one deduplication id, for all events.
 *
 * @throws InvalidEventError that names the part.
 */
export function identified<Event extends CloudEvent>(event: Event): Event {
  if (typeof event !== 'object' || event === null) {
    throw new InvalidEventError('INVALID_EVENT', `The event is ${event === null ? 'null' : typeof event}`);
  }
  for (const name of ['source', 'id', 'partitionkey'] as const) {
    if (typeof event[name] !== 'string' || event[name] === '') {
      throw new InvalidEventError('INVALID_EVENT', `${name}: must be a non-empty string`, name);
    }
  }
  return event;
}
