import type { MessageAttributeValue } from '@aws-sdk/client-sqs';
import type { Clock } from '../../contract/clock.ts';
import { type OrderEvent, parseOrderEvent } from '../../contract/orders/order-event.ts';
import type { DeliveryLog } from '../../contract/reporting/delivery-log.ts';
import { createConsumer, type ExternalHandler, type Guarantee, increment } from '../../runtime/index.ts';
import type { GuaranteeName, StoredRecord } from '../../runtime/ports/record-store.ts';
import { anOrder } from './orders.ts';
import { remaining, sqsEvent, sqsRecord } from './sqs.ts';
import { fakeWiring } from './wiring.ts';

export interface DeliveryOfTest {
  /** The guarantees that the consumer had before. */
  readonly formerly?: GuaranteeName;
  readonly messageId?: string;
  readonly event?: OrderEvent;
  /** A text stands for an attribute of the type String. */
  readonly attributes?: Readonly<Record<string, string | MessageAttributeValue>>;
  readonly group?: string;
  /** When the queue took the message, in ms since the epoch. @default - the start of the timeline */
  readonly sentAt?: number;
  /** The invocation's, in ms. */
  readonly time?: number;
  /** How far this function's clock is ahead, in ms. */
  readonly skew?: number;
}

const never = () => new Promise<never>(() => {});

/** What a provider did, by idempotency key; handlers that tests are made of. */
export class Provider {
  readonly charges: string[] = [];

  /** Charges and answers. */
  readonly charge: ExternalHandler<OrderEvent> = async (_, { idempotencyKey }) => {
    this.charges.push(idempotencyKey);
    return { receipt: this.charges.length };
  };
  /** The process ends before it charged. */
  readonly diesBefore: ExternalHandler<OrderEvent> = () => never();
  /** Charges, then the process ends. */
  readonly diesAfter: ExternalHandler<OrderEvent> = async (_, { idempotencyKey }) => {
    this.charges.push(idempotencyKey);
    return await never();
  };
  /** Charges, and the answer is lost. */
  readonly losesAnswer: ExternalHandler<OrderEvent> = async (_, { idempotencyKey }) => {
    this.charges.push(idempotencyKey);
    throw new Error('socket hang up');
  };
}

/** One event's history: deliveries of it to functions that share a store, a queue and a provider. */
export class Timeline {
  readonly wiring = fakeWiring();
  readonly provider = new Provider();
  readonly key = 'billing#urn:test#event-of-536365';

  get store() {
    return this.wiring.store;
  }
  get clock() {
    return this.wiring.clock;
  }
  get record(): StoredRecord | undefined {
    return this.wiring.memory.records.get(this.key);
  }

  /** A delivery to an external handler; pending for as long as the handler is. */
  async external(
    guarantee: Guarantee<'external'>,
    handle: ExternalHandler<OrderEvent> = this.provider.charge,
    delivery: DeliveryOfTest = {},
  ) {
    const wiring = this.#wiring(delivery);
    return await this.#deliver(
      createConsumer(
        { name: 'billing', parse: parseOrderEvent, guarantee, handle, ...formerly(delivery) },
        wiring,
      ),
      delivery,
    );
  }

  /** A delivery to a handler that adds 1 to `ledger`. */
  async effects(guarantee: Guarantee<'effects'>, delivery: DeliveryOfTest = {}) {
    const options = {
      name: 'billing',
      parse: parseOrderEvent,
      guarantee,
      ...formerly(delivery),
      handle: ({ data }: OrderEvent) => [increment('ledger', { orderId: data.orderId }, { times: 1 })],
    };
    return await this.#deliver(createConsumer(options, this.#wiring(delivery)), delivery);
  }

  /** How often the effect was committed. */
  get committed(): number {
    return Number(this.wiring.memory.tables.item('ledger', { orderId: '536365' })?.times ?? 0);
  }

  /** Until every lease that was taken by now is over. */
  passLeases(): void {
    this.clock.time += 36_000;
  }

  #wiring({ skew = 0 }: DeliveryOfTest) {
    const { clock } = this;
    const skewed: Clock = {
      now: () => clock.now() + skew,
      sleep: (ms, signal) => clock.sleep(ms, signal),
    };
    return { ...this.wiring, clock: skewed };
  }

  async #deliver(consumer: ReturnType<typeof createConsumer>, delivery: DeliveryOfTest) {
    const { messageId = 'm1', event = anOrder(), attributes = {}, time = 30_000 } = delivery;
    const messageAttributes = Object.fromEntries(
      Object.entries(attributes).map(([name, value]) => {
        const { DataType = 'String', StringValue = '' } =
          typeof value === 'string' ? { StringValue: value } : value;
        return [name, { dataType: DataType as 'String', stringValue: StringValue }];
      }),
    );
    const { sentAt = 1_700_000_000_000, group = event.partitionkey } = delivery;
    const record = sqsRecord(event, { messageId, attributes: messageAttributes, sentAt, group });
    const { batchItemFailures } = await consumer(sqsEvent(record), remaining(time));
    const log = this.wiring.logged.findLast(({ message }) => message === 'delivery');
    return {
      acknowledged: batchItemFailures.length === 0,
      ...(log as unknown as DeliveryLog),
    };
  }
}

const formerly = ({ formerly }: DeliveryOfTest) => (formerly === undefined ? {} : { formerly });

/** Lets what is pending go as far as it can. */
export async function settled(): Promise<void> {
  for (let i = 0; i < 200; i++) await Promise.resolve();
}

/** A promise and what settles it. */
export function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}
