import { readEnvironment } from '../contract/environment.ts';
import { parseOrderEvent } from '../contract/order-event.ts';
import { ledgerTable, ordersTable } from '../contract/tables.ts';
import { createConsumer, exactlyOnce, increment, put } from '../runtime/index.ts';

const orders = readEnvironment('ordersTable');
const ledger = readEnvironment('ledgerTable');

/** Keeps the order and adds its total to its account's ledger. The sum only grows, so it must grow once. */
export const handler = createConsumer({
  name: 'fulfilment',
  parse: parseOrderEvent,
  guarantee: exactlyOnce(),
  handle: ({ type, partitionkey: account, sequence, data }) => [
    put(orders, {
      ...data,
      [ordersTable.key]: data.orderId,
      status: type === 'order.placed' ? 'placed' : 'cancelled',
      account,
      sequence,
    }),
    increment(
      ledger,
      { [ledgerTable.key]: account },
      { [ledgerTable.spent]: data.total, [ledgerTable.orders]: 1 },
    ),
  ],
});
