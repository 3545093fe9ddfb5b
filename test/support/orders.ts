import type { OrderEvent } from '../../contract/orders/order-event.ts';

/** A valid order event; `over` replaces attributes of the envelope, `data` of the order. */
export function anOrder(over: Partial<OrderEvent> = {}, data: Partial<OrderEvent['data']> = {}): OrderEvent {
  const subject = over.subject ?? '536365';
  return {
    specversion: '1.0',
    id: `event-of-${subject}`,
    source: 'urn:test',
    type: 'order.placed',
    subject,
    partitionkey: 'customer-17850',
    sequence: '1',
    ...over,
    data: {
      orderId: subject,
      currency: 'GBP',
      lines: [{ sku: '85123A', quantity: 6, unitPrice: 2.55 }],
      total: 15.3,
      ...data,
    },
  };
}
