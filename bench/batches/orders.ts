import type { SQSEvent } from 'aws-lambda';
import type { OrderEvent } from '../../contract/orders/order-event.ts';
import { anOrder } from '../../test/support/orders.ts';
import { sqsEvent, sqsRecord } from '../../test/support/sqs.ts';
import type { Account } from './dynamodb-process.ts';

export const batchSize = 10;

/** Positions in a batch of the messages that were delivered before. */
export const deliveries = {
  'first deliveries': [],
  duplicates: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
  '3 of 10 duplicates': [1, 5, 9],
} as const satisfies Record<string, readonly number[]>;
export type DeliveryKind = keyof typeof deliveries;

export interface Batch {
  /** The batch to deliver first, if this batch has duplicates. */
  readonly before: SQSEvent | undefined;
  readonly batch: SQSEvent;
}

const line = {
  sku: '85123A',
  description: 'WHITE HANGING HEART T-LIGHT HOLDER',
  quantity: 6,
  unitPrice: 2.55,
};
const lines = Array.from({ length: 5 }, () => line);

/** Makes the batches of one consumer: new orders of the same accounts, some of them twice. */
export class Orders {
  readonly #owner: string;
  readonly #accounts = new Map<string, Account>();
  #made = 0;
  #sent = 0;

  /** @param owner The consumer, which shares no accounts or events with others. */
  constructor(owner: string) {
    this.#owner = owner;
  }

  /** The expected accounts if each order was applied once, in order. */
  get accounts(): readonly Account[] {
    return [...this.#accounts.values()];
  }

  next(kind: DeliveryKind, groups: number): Batch {
    const places: readonly number[] = deliveries[kind];
    const events: OrderEvent[] = [];
    // Messages that were delivered before are older than the rest of the batch.
    for (const place of places) events[place] = this.#order(place % groups);
    for (let place = 0; place < batchSize; place++) events[place] ??= this.#order(place % groups);
    const before = places.map((place) => events[place] as OrderEvent);
    return {
      before: before.length > 0 ? this.#deliver(before) : undefined,
      batch: this.#deliver(events),
    };
  }

  #order(group: number): OrderEvent {
    this.#made += 1;
    const account = `${this.#owner}-${group}`;
    // Quarters, so that no sum is rounded.
    const total = (this.#made % 100) / 4;
    const subject = `${this.#owner}-${this.#made}`;
    const { spent, orders } = this.#accounts.get(account) ?? { spent: 0, orders: 0 };
    this.#accounts.set(account, { account, spent: spent + total, orders: orders + 1, latestOrder: subject });
    const over = { subject, partitionkey: account, sequence: String(this.#made) };
    return anOrder({ ...over, id: crypto.randomUUID() }, { lines, total });
  }

  #deliver(events: readonly OrderEvent[]): SQSEvent {
    const sentAt = Date.now();
    const times = { sentAt, firstReceived: sentAt };
    return sqsEvent(
      ...events.map((event) => {
        this.#sent += 1;
        return sqsRecord(event, { messageId: `m${this.#sent}`, group: event.partitionkey, ...times });
      }),
    );
  }
}
