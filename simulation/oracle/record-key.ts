import { businessKey, idempotencyKey } from '../../contract/event/identity.ts';
import type { OrderEvent } from '../../contract/orders/order-event.ts';

type Named = Pick<OrderEvent, 'source' | 'id'>;

/** Source of the events of a producer that makes a new id at each retry. Their consumers have a `key`. */
export const keyedSource = 'urn:simulation:keyed';

const retryMark = '~';

/** The event of another try of its producer, with another id. */
export function retryOf(event: OrderEvent): OrderEvent {
  return { ...event, id: `${event.id}${retryMark}2` };
}

/** The `key` of consumers: the id of an event's first try. */
export function firstIdOf({ id }: Pick<Named, 'id'>): string {
  return id.split(retryMark, 1)[0] ?? id;
}

/** The id of an event's record, for the consumers of its source. */
export function recordKey(consumer: string, event: Named): string {
  return event.source === keyedSource
    ? businessKey(consumer, firstIdOf(event))
    : idempotencyKey(consumer, event);
}
