import { randomUUID } from 'node:crypto';
import { idempotencyKey } from '../../../contract/event/identity.ts';
import type { Delivery } from '../../../runtime/ports/record-store.ts';

/** A delivery of an event of its own. */
export function aDelivery(given: Partial<Delivery> = {}): Delivery {
  const { consumer = 'bookings', source = '/seats', eventId = randomUUID(), now = Date.now() } = given;
  return {
    id: idempotencyKey(consumer, { source, id: eventId }),
    fingerprint: '2:00',
    ownerToken: randomUUID(),
    consumer,
    source,
    eventId,
    messageGroup: 'hall-1',
    messageId: randomUUID(),
    guarantee: 'exactly-once',
    now,
    expiration: Math.floor(now / 1000) + 3600,
    insideWindow: true,
    nextTryAt: now + 60_000,
    ...given,
  };
}
