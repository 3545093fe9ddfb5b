import { parseOrderEvent } from '../contract/orders/order-event.ts';
import { createConsumer, exactlyOnce } from '../runtime/index.ts';
import { applyOrder, orderTables } from './order/apply-order.ts';

/**
 * Applies each order to the tables once: its effects and its record are one transaction.
 *
 * The consumers of orders use `parse` instead of `events`, because an order also needs a `subject`, and a `sequence` of digits.
 */
export const handler = createConsumer({
  parse: parseOrderEvent,
  guarantee: exactlyOnce(),
  tables: orderTables,
  handle: applyOrder,
});
