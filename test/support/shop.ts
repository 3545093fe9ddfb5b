import type { EventParser } from '../../contract/event/event-parser.ts';
import { type OrderEvent, parseOrderEvent } from '../../contract/orders/order-event.ts';
import {
  atLeastOnce,
  type ConsumerHandler,
  createConsumer,
  type Guarantee,
  increment,
} from '../../runtime/index.ts';
import type { ConsumerDependencies } from '../../runtime/ports/dependencies.ts';
import type { DeadLetter } from '../../runtime/ports/queues.ts';

/** Of a provider that never forgets a key. */
export const atLeast = atLeastOnce({ providerKeyRetention: Number.POSITIVE_INFINITY });

/** What the handler of an order does first, or all that it does under an external guarantee. */
export type Act = (orderId: string, signal?: AbortSignal) => unknown;

/** The consumer `shop`: under exactly-once its handler adds one to the order's item in the table `ledger`. */
export function shop(
  wiring: ConsumerDependencies,
  guarantee: Guarantee<'effects'> | Guarantee<'external'>,
  act: Act,
  options: { readonly concurrency?: number; readonly parse?: EventParser<OrderEvent> } = {},
): ConsumerHandler {
  const base = { name: 'shop', parse: parseOrderEvent, ...options };
  if (guarantee.kind === 'external') {
    return createConsumer(
      {
        ...base,
        guarantee,
        handle: async ({ data: { orderId } }, { signal }) => void (await act(orderId, signal)),
      },
      wiring,
    );
  }
  return createConsumer(
    {
      ...base,
      guarantee,
      handle: async ({ data: { orderId } }) => {
        await act(orderId);
        return [increment('ledger', { orderId }, { times: 1 })];
      },
    },
    wiring,
  );
}

/** The record of an order's event at the consumer `shop`. */
export const shopKey = (orderId: string) => `shop#urn:test#event-of-${orderId}`;

/** Why letters are in the dead-letter queue. */
export function reasonsOf(letters: readonly DeadLetter[]) {
  return letters.map(({ attributes }) => JSON.parse(attributes['dead-letter-reason']?.StringValue ?? ''));
}
