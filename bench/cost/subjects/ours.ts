import { systemClock } from '../../../contract/clock.ts';
import { type OrderEvent, parseOrderEvent } from '../../../contract/orders/order-event.ts';
import { systemRandom } from '../../../contract/random.ts';
import { applyOrder, orderTables } from '../../../lambda/order/apply-order.ts';
import {
  atLeastOnce,
  atMostOnce,
  type ConsumerDependencies,
  createConsumer,
  dynamoDbEffectStore,
  type ExternalHandler,
  exactlyOnce,
} from '../../../runtime/index.ts';
import { remaining } from '../../../test/support/sqs.ts';
import { fakeWiring } from '../../../test/support/wiring.ts';
import { recordTables } from '../tables.ts';
import { HandlerError, type Means, rememberedSeconds, type Subject } from './subject.ts';

export const exactlyOnceSubject: Subject = {
  name: 'exactly-once',
  source: 'fifo',
  consumer: (means) => {
    const consumer = createConsumer(
      {
        name: 'fulfilment',
        parse: parseOrderEvent,
        guarantee: exactlyOnce(),
        tables: orderTables,
        handle: (event, context) => {
          if (means.fails) throw new HandlerError();
          return applyOrder(event, context);
        },
      },
      wiringOf(means),
    );
    return (batch) => consumer(batch, remaining());
  },
};

export const atLeastOnceSubject = external('at-least-once', 'billing', () =>
  atLeastOnce({ providerKeyRetention: 24 * 3_600_000 }),
);
export const atMostOnceSubject = external('at-most-once', 'notifications', atMostOnce);

/** A consumer whose effect is a call to another provider. The price of that call is not included. */
function external(name: string, consumerName: string, guarantee: typeof atMostOnce): Subject {
  return {
    name,
    source: 'fifo',
    consumer: (means) => {
      const handle: ExternalHandler<OrderEvent> = async () => {
        if (means.fails) throw new HandlerError();
        // About as long as a provider's real answer.
        return { reference: crypto.randomUUID() };
      };
      const consumer = createConsumer(
        { name: consumerName, parse: parseOrderEvent, guarantee: guarantee(), handle },
        wiringOf(means),
      );
      return (batch) => consumer(batch, remaining());
    },
  };
}

function wiringOf({ client, besides }: Means): ConsumerDependencies {
  const queue = fakeWiring();
  return {
    ...queue,
    store: dynamoDbEffectStore({ table: recordTables.ours, client }),
    deadLetters: { send: async () => countRequest() },
    visibility: { change: async () => countRequest() },
    acknowledgements: { acknowledge: async () => countRequest() },
    recordTtlSeconds: rememberedSeconds,
    clock: systemClock,
    random: systemRandom,
    output: (line) => {
      besides.loggedBytes += Buffer.byteLength(line) + 1;
    },
  };

  /** Each call of these ports is one request to SQS. */
  function countRequest(): void {
    besides.queueRequests += 1;
  }
}
