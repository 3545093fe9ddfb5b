import { idempotencyKey } from '../../contract/event/identity.ts';
import type { OrderEvent } from '../../contract/orders/order-event.ts';
import { type EffectHandler, increment } from '../../runtime/index.ts';
import type { RunStore } from '../ports/store.ts';

/** The table in which a handler leaves what somebody else is to do. */
const table = 'outbox';

export const outboxKeys = { [table]: ['key'] } as const;

export function isCharged({ type, data }: OrderEvent): boolean {
  return type === 'order.placed' && data.total > 0;
}

export function isMailed({ type }: OrderEvent): boolean {
  return type === 'order.placed';
}

/**
 * The handler of a consumer that acts no longer itself, and so can promise exactly-once. An entry that came twice counts
 * twice.
 */
export function leaveInOutbox(
  consumer: string,
  isDue: (event: OrderEvent) => boolean,
): EffectHandler<OrderEvent> {
  return (event) =>
    isDue(event) ? [increment(table, { key: idempotencyKey(consumer, event) }, { entries: 1 })] : [];
}

/** How often an event is in the outbox, by its idempotency key. */
export function entriesOf({ tables }: Pick<RunStore, 'tables'>, key: string): number {
  return Number(tables.item(table, { key })?.entries ?? 0);
}
