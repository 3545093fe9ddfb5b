import type { OrderEvent } from '../../contract/orders/order-event.ts';
import { anOrder } from '../../test/support/orders.ts';
import { sqsEvent, sqsRecord } from '../../test/support/sqs.ts';

/** What a batch consists of. */
export interface BatchShape {
  readonly messages: number;
  /** The messages are spread evenly over so many message groups. */
  readonly groups: number;
  /** Bytes of each event, at least. */
  readonly bytes: number;
}

let made = 0;

/** New orders of the same accounts each time, so that what is measured is not the first order of an account. */
export function newOrders({ messages, groups, bytes }: BatchShape): OrderEvent[] {
  return Array.from({ length: messages }, (_, index) => {
    made += 1;
    const head = {
      // As long as real ones are.
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

/** A batch as Lambda hands it over, each event in a message of its own. */
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
