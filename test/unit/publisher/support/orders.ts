import { type OrderEvent, parseOrderEvent } from '../../../../contract/orders/order-event.ts';

/** The nth order, of one of `groups` customers. */
export function order(n: number, groups = 3): OrderEvent {
  return parseOrderEvent({
    body: JSON.stringify({
      specversion: '1.0',
      id: `event-${n}`,
      source: 'urn:shop',
      type: 'order.placed',
      subject: `order-${n}`,
      partitionkey: `customer-${n % groups}`,
      sequence: String(Math.floor(n / groups) + 1),
      data: {
        orderId: `order-${n}`,
        currency: 'EUR',
        lines: [{ sku: 'pen', quantity: n, unitPrice: 0.1 }],
        total: 1.5,
      },
    }),
  });
}

export function orders(count: number, groups?: number): OrderEvent[] {
  return Array.from({ length: count }, (_, n) => order(n, groups));
}

export function toLines(events: readonly unknown[]): string[] {
  return events.map((event) => JSON.stringify(event));
}
