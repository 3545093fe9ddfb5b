import { readEnvironment } from '../contract/environment.ts';
import { parseOrderEvent } from '../contract/orders/order-event.ts';
import { atMostOnce, createConsumer } from '../runtime/index.ts';
import { mailOrder } from './mail/mail-order.ts';

/** Mails that an order was placed. SES knows no idempotency keys: what is unclear is not mailed again. */
export const handler = createConsumer({
  parse: parseOrderEvent,
  guarantee: atMostOnce(),
  handle: mailOrder({ from: readEnvironment('mailFrom'), domain: readEnvironment('mailDomain') }),
});
