import { readEnvironment, readOptionalEnvironment, readWholeNumber } from '../contract/environment.ts';
import { parseOrderEvent } from '../contract/orders/order-event.ts';
import { shopVariables } from '../contract/orders/shop-variables.ts';
import { keyRetentionSeconds } from '../contract/policies/key-retention.ts';
import type { ReadAuthorization } from '../runtime/http/credential.ts';
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
    handle: chargeOrder(readEnvironment(shopVariables.paymentUrl), credential()),
  }),
);

/** The client of Secrets Manager is loaded with the first charge, and only if there is a secret. */
function credential(): ReadAuthorization | undefined {
  const secretArn = readOptionalEnvironment(shopVariables.paymentSecretArn);
  if (secretArn === undefined) return undefined;
  let read: ReadAuthorization | undefined;
  return async (refused) => {
    read ??= (await import('./payment/payment-credential.ts')).paymentCredential(secretArn);
    return await read(refused);
  };
}
