import type { OrderEvent } from '../../contract/orders/order-event.ts';
import { customersTable, ledgerTable, ordersTable } from '../../contract/orders/order-tables.ts';
import { orderTypeOf } from '../../contract/orders/order-types.ts';
import { type Effect, type EffectContext, increment, putIfNewer } from '../../runtime/index.ts';

/** The tables of the orders' effects, with their keys. */
export const orderTables = {
  orders: ordersTable.key,
  ledger: ledgerTable.key,
  customers: customersTable.key,
} as const;

/**
 * Stores the order and the account's latest order, and adds the total to the account's ledger. The two stored items are
 * compared by `sequence`, so a late event changes neither. The ledger is a sum, so each event must be added exactly once.
 */
export function applyOrder(
  { type, partitionkey: account, sequence, data }: OrderEvent,
  { tables }: EffectContext<typeof orderTables>,
): readonly Effect[] {
  return [
    putIfNewer(
      tables.orders,
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
      tables.ledger,
      { [ledgerTable.key]: account },
      { [ledgerTable.spent]: data.total, [ledgerTable.orders]: 1 },
    ),
    putIfNewer(
      tables.customers,
      {
        [customersTable.key]: account,
        [customersTable.latestOrder]: data.orderId,
        [customersTable.sequence]: sequence,
      },
      { version: customersTable.sequence },
    ),
  ];
}
