import { readEnvironment, readWholeNumber } from '../contract/environment.ts';
import { parseOrderEvent } from '../contract/orders/order-event.ts';
import { shopVariables } from '../contract/orders/shop-variables.ts';
import { keyRetentionSeconds } from '../contract/policies/key-retention.ts';
import { atLeastOnce, createConsumer } from '../runtime/index.ts';
import { chargeOrder } from './payment/charge-order.ts';
import { atFirstInvocation } from './start/at-first-invocation.ts';

/** Charges orders at a provider with idempotency keys. An unclear charge is sent again with the same key. */
export const handler = atFirstInvocation(() =>
  createConsumer({
    parse: parseOrderEvent,
    guarantee: atLeastOnce({
      providerKeyRetention:
        readWholeNumber(shopVariables.paymentKeyRetentionSeconds, {
          unit: 'seconds',
          ...keyRetentionSeconds,
        }) * 1000,
    }),
    handle: chargeOrder(readEnvironment(shopVariables.paymentUrl)),
  }),
);
