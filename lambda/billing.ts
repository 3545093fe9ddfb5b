import { readEnvironment } from '../contract/environment.ts';
import { parseOrderEvent } from '../contract/order-event.ts';
import { atLeastOnce, createConsumer } from '../runtime/index.ts';
import { chargeOrder } from './payment/charge-order.ts';

/** Charges orders at a provider that knows idempotency keys: what is unclear is charged again, under the same key. */
export const handler = createConsumer({
  name: 'billing',
  parse: parseOrderEvent,
  guarantee: atLeastOnce({
    providerKeyRetention: Number(readEnvironment('paymentKeyRetentionSeconds')) * 1000,
  }),
  handle: chargeOrder(readEnvironment('paymentUrl')),
});
