import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { customersTable, ledgerTable, ordersTable } from '../../contract/orders/order-tables.ts';
import { recordAttributes } from '../../contract/record/record-attributes.ts';
import { createTable } from '../../test/contract/servers/dynamodb-local.ts';

/** Tables for the effects of the orders. `applyOrder` writes to each. */
export const effectTables = { orders: 'orders', ledger: 'ledger', customers: 'customers' } as const;

/** Tables for the records of applied events. */
export const recordTables = { ours: 'records', powertools: 'idempotency', own: 'seen' } as const;

/** Name of the partition key by table. */
export const keys: Readonly<Record<string, string>> = {
  [effectTables.orders]: ordersTable.key,
  [effectTables.ledger]: ledgerTable.key,
  [effectTables.customers]: customersTable.key,
  [recordTables.ours]: recordAttributes.id,
  [recordTables.powertools]: 'id',
  [recordTables.own]: 'id',
};

export async function createAllTables(client: DynamoDBClient): Promise<void> {
  await Promise.all(Object.entries(keys).map(([table, key]) => createTable(client, table, key)));
}
