import { readEnvironment } from '../contract/environment.ts';
import { parseOrderEvent } from '../contract/orders/order-event.ts';
import { atMostOnce, createConsumer } from '../runtime/index.ts';
import { mailOrder } from './mail/mail-order.ts';
import { atFirstInvocation } from './start/at-first-invocation.ts';

/** Mails placed orders. SES has no idempotency keys, so an unclear mail is not sent again. */
export const handler = atFirstInvocation(() =>
  createConsumer({
    parse: parseOrderEvent,
    guarantee: atMostOnce(),
    handle: mailOrder({ from: readEnvironment('mailFrom'), domain: readEnvironment('mailDomain') }),
  }),
);
