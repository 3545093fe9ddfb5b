import type { OrderEvent } from '../../contract/orders/order-event.ts';
import { customersTable, ledgerTable, ordersTable } from '../../contract/orders/order-tables.ts';
import { orderTypeOf } from '../../contract/orders/order-types.ts';
import { type Effect, increment, putIfNewer } from '../../runtime/index.ts';

/** Names of the tables. */
export interface OrderTables {
  readonly orders: string;
  readonly ledger: string;
  readonly customers: string;
}

/**
 * Stores the order and the account's latest order, and adds the total to the account's ledger. The two stored items are
 * compared by `sequence`, so a late event changes neither. The ledger is a sum, so each event must be added exactly once.
 */
export function applyOrder({
  orders,
  ledger,
  customers,
}: OrderTables): (event: OrderEvent) => readonly Effect[] {
  return ({ type, partitionkey: account, sequence, data }) => [
    putIfNewer(
      orders,
      {
        ...data,
        [ordersTable.key]: data.orderId,
        [ordersTable.sequence]: sequence,
        status: orderTypeOf({ type }).status,
        account,
      },
      { version: ordersTable.sequence },
    ),
    increment(
      ledger,
      { [ledgerTable.key]: account },
      { [ledgerTable.spent]: data.total, [ledgerTable.orders]: 1 },
    ),
    putIfNewer(
      customers,
      {
        [customersTable.key]: account,
        [customersTable.latestOrder]: data.orderId,
        [customersTable.sequence]: sequence,
      },
      { version: customersTable.sequence },
    ),
  ];
}
