import { readEnvironment } from '../../../contract/environment.ts';
import { parseOrderEvent } from '../../../contract/orders/order-event.ts';
import { shopVariables } from '../../../contract/orders/shop-variables.ts';
import { mailOrder } from '../../../lambda/mail/mail-order.ts';
import { atLeastOnce, createConsumer } from '../../../runtime/index.ts';

/** `notifications` under the guarantee that mails again what is unclear. */
export const handler = createConsumer({
  parse: parseOrderEvent,
  guarantee: atLeastOnce({ providerKeyRetention: Number.POSITIVE_INFINITY }),
  handle: mailOrder({
    from: readEnvironment(shopVariables.mailFrom),
    domain: readEnvironment(shopVariables.mailDomain),
  }),
});
