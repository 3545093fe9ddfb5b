/** Table `orders`: one item per order, with the content of the event with the highest sequence. */
export const ordersTable = { key: 'orderId', sequence: 'sequence' } as const;

/** Table `customers`: one item per account, with the latest order by sequence. */
export const customersTable = {
  key: 'account',
  latestOrder: 'latestOrder',
  sequence: 'sequence',
} as const;

/** Table `ledger`: one item per account, with two sums that increments add to. */
export const ledgerTable = {
  key: 'account',
  spent: 'spent',
  orders: 'orders',
} as const;
