/** Table `orders`: an item per order, as the event of its highest sequence says. */
export const ordersTable = { key: 'orderId', sequence: 'sequence' } as const;

/** Table `customers`: an item per account, with the latest order by sequence. */
export const customersTable = {
  key: 'account',
  latestOrder: 'latestOrder',
  sequence: 'sequence',
} as const;

/** Table `ledger`: an item per account; both sums grow by `ADD`. */
export const ledgerTable = {
  key: 'account',
  spent: 'spent',
  orders: 'orders',
} as const;
