import type { CloudEvent } from '../contract/event/cloud-event.ts';

/**
 * A valid event: CloudEvents 1.0 with a `partitionkey`.
 *
 *   anEvent({ type: 'seat.booked', data: { seat: '1A', price: 12.5 } });
 *
 * @param over The type, and any attributes that replace the defaults `id: '1'`, `source: '/test'` and `partitionkey:
 *   'group'`. Two events with the same `source` and `id` are one event.
 */
export function anEvent<Over extends Partial<CloudEvent> & { readonly type: string }>(over: Over) {
  return { specversion: '1.0' as const, id: '1', source: '/test', partitionkey: 'group', ...over };
}
