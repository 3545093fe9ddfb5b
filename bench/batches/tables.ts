import { customersTable, ledgerTable, ordersTable } from '../../contract/orders/order-tables.ts';
import { recordAttributes } from '../../contract/record/record-attributes.ts';

/** Tables for the effects of the orders. */
export const effectTables = { orders: 'orders', ledger: 'ledger', customers: 'customers' } as const;

/** Tables for the records of applied events. */
export const recordTables = { ours: 'records', powertools: 'idempotency' } as const;

/** Key attributes by table. */
export const keys = {
  [effectTables.orders]: [ordersTable.key],
  [effectTables.ledger]: [ledgerTable.key],
  [effectTables.customers]: [customersTable.key],
  [recordTables.ours]: [recordAttributes.id],
  [recordTables.powertools]: ['id'],
} as const;
