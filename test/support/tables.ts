import type { Table } from '../../runtime/index.ts';

/** The tables of `fakeWiring`, as a consumer that declares them gets them. */
export const orders: Table<'orderId'> = { tableName: 'orders', key: ['orderId'] };
export const ledger: Table<'orderId'> = { tableName: 'ledger', key: ['orderId'] };
