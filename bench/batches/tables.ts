import { customersTable, ledgerTable, ordersTable } from '../../contract/orders/order-tables.ts';
import { recordAttributes } from '../../contract/record-attributes.ts';

/** Where the effects of the orders go. */
export const effectTables = { orders: 'orders', ledger: 'ledger', customers: 'customers' } as const;

/** Where it is remembered which events were applied. */
export const recordTables = { ours: 'records', powertools: 'idempotency' } as const;

/** Key attributes by table. */
export const keys = {
  [effectTables.orders]: [ordersTable.key],
  [effectTables.ledger]: [ledgerTable.key],
  [effectTables.customers]: [customersTable.key],
  [recordTables.ours]: [recordAttributes.id],
  [recordTables.powertools]: ['id'],
} as const;
