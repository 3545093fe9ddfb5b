import type { OrderEvent } from '../../contract/orders/order-event.ts';
import { anOrder } from '../../test/support/orders.ts';
import { sqsEvent, sqsRecord } from '../../test/support/sqs.ts';

/** The shape of a batch. */
export interface BatchShape {
  readonly messages: number;
  /** Number of message groups. The messages are spread evenly over them. */
  readonly groups: number;
  /** Minimum size of each event in bytes. */
  readonly bytes: number;
}

let made = 0;

/** New orders of the same accounts each time, so that the measured orders are not the first ones of their accounts. */
export function newOrders({ messages, groups, bytes }: BatchShape): OrderEvent[] {
  return Array.from({ length: messages }, (_, index) => {
    made += 1;
    const head = {
      // As long as a real id.
      id: crypto.randomUUID(),
      subject: `order-${made}`,
      partitionkey: `customer-${index % groups}`,
      sequence: String(made),
    };
    return anOrder(head, { lines: linesOf(bytes - JSON.stringify(anOrder(head)).length) });
  });
}

function linesOf(bytes: number): OrderEvent['data']['lines'] {
  const line = {
    sku: '85123A',
    description: 'WHITE HANGING HEART T-LIGHT HOLDER',
    quantity: 6,
    unitPrice: 2.55,
  };
  return Array.from(
    { length: Math.max(1, Math.ceil(bytes / (JSON.stringify(line).length + 1))) },
    () => line,
  );
}

/** A batch as Lambda delivers it, with one message for each event. */
export function batchOf(events: readonly OrderEvent[]) {
  const sentAt = Date.now();
  return sqsEvent(
    ...events.map((event) =>
      sqsRecord(event, {
        messageId: crypto.randomUUID(),
        group: event.partitionkey,
        sentAt,
        firstReceived: sentAt,
      }),
    ),
  );
}
