import { readEnvironment } from '../contract/environment.ts';
import { parseOrderEvent } from '../contract/orders/order-event.ts';
import { shopVariables } from '../contract/orders/shop-variables.ts';
import { atMostOnce, createConsumer } from '../runtime/index.ts';
import { mailOrder } from './mail/mail-order.ts';
import { atFirstInvocation } from './start/at-first-invocation.ts';

/** Mails placed orders. SES has no idempotency keys, so an unclear mail is not sent again. */
export const handler = atFirstInvocation(() =>
  createConsumer({
    parse: parseOrderEvent,
    guarantee: atMostOnce(),
    handle: mailOrder({
      from: readEnvironment(shopVariables.mailFrom),
      domain: readEnvironment(shopVariables.mailDomain),
    }),
  }),
);
