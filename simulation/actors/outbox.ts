import type { OrderEvent } from '../../contract/orders/order-event.ts';
import { type EffectHandler, increment } from '../../runtime/index.ts';
import { recordKey } from '../oracle/record-key.ts';
import type { RunStore } from '../ports/store.ts';

/** The table with tasks for another system. */
const table = 'outbox';

export const outboxKeys = { [table]: ['key'] } as const;

export function isCharged({ type, data }: OrderEvent): boolean {
  return type === 'order.placed' && data.total > 0;
}

export function isMailed({ type }: OrderEvent): boolean {
  return type === 'order.placed';
}

/**
 * The handler of a consumer that writes tasks instead of acting itself, so that it can use exactly-once. A second entry
 * of an event counts twice.
 */
export function leaveInOutbox(
  consumer: string,
  isDue: (event: OrderEvent) => boolean,
): EffectHandler<OrderEvent> {
  return (event) =>
    isDue(event) ? [increment(table, { key: recordKey(consumer, event) }, { entries: 1 })] : [];
}

/** Number of entries of an event, by its idempotency key. */
export function entriesOf({ tables }: Pick<RunStore, 'tables'>, key: string): number {
  return Number(tables.item(table, { key })?.entries ?? 0);
}
