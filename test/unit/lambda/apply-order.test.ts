import type { OrderEvent } from '../../../contract/orders/order-event.ts';
import { applyOrder, orderTables } from '../../../lambda/order/apply-order.ts';
import { resolveTables } from '../../../runtime/consumer/resolve-tables.ts';
import { memoryTables } from '../../../runtime/stores/memory/tables.ts';
import { anOrder } from '../../support/orders.ts';

const handle = (event: OrderEvent) => applyOrder(event, { tables: resolveTables(orderTables) });

describe('applying an order', () => {
  it('stores the order, adds its total to the ledger, and makes it the latest order of its account', () => {
    const tables = memoryTables(orderTables);
    tables.apply(handle(anOrder({ subject: '1', partitionkey: 'a', sequence: '9' })));
    tables.apply(
      handle(anOrder({ subject: '2', partitionkey: 'a', sequence: '10', type: 'order.cancelled' })),
    );
    expect(tables.items('orders')).toMatchObject([
      { orderId: '1', account: 'a', sequence: 9, status: 'placed', total: 15.3 },
      { orderId: '2', account: 'a', sequence: 10, status: 'cancelled', total: 15.3 },
    ]);
    expect(tables.items('ledger')).toMatchObject([{ account: 'a', spent: 30.6, orders: 2 }]);
    expect(tables.items('customers')).toMatchObject([{ account: 'a', latestOrder: '2', sequence: 10 }]);
  });

  it('uses the attributes of the event, not members of the order', () => {
    const tables = memoryTables(orderTables);
    const data = { sequence: '99', account: 'other', status: 'lost' };
    tables.apply(handle(anOrder({ subject: '1', partitionkey: 'a', sequence: '2' }, data)));
    expect(tables.items('orders')).toMatchObject([{ account: 'a', sequence: 2, status: 'placed' }]);
  });
});
