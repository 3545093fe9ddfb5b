import { join } from 'node:path';
import { Duration, type Stack } from 'aws-cdk-lib';
import * as v from 'valibot';
import { shopVariables } from '../../contract/orders/shop-variables.ts';
import { keyRetentionSeconds } from '../../contract/policies/key-retention.ts';
import { IdempotentConsumer } from '../idempotent-consumer.ts';
import type { CommonProps } from './common-props.ts';
import { settingsObject, text, wholeNumber } from './settings/settings-schema.ts';

export interface PaymentSettings {
  /** URL to which charges are posted. */
  readonly url: string;
  /**
   * How long the provider remembers an idempotency key. @default 24 hours, like Stripe (Stripe API reference,
   * "Idempotent requests")
   */
  readonly keyRetention: Duration;
}

const { least, most } = keyRetentionSeconds;

/**
 * The settings of the consumer. The URL is an https one, unless it leads to this machine or the file says
 * `"allowPlainHttp": true`.
 */
export const paymentSettings = v.pipe(
  settingsObject({
    paymentUrl: text(
      isPaymentUrl,
      'a URL without a user name, "https://payments.example.com/charges" for instance',
    ),
    allowPlainHttp: v.optional(v.boolean('true or false'), false),
    paymentKeyRetentionSeconds: v.optional(
      wholeNumber(
        least,
        most,
        `a whole number of seconds from ${least} to ${most}: for how long the provider remembers an idempotency key`,
      ),
      Duration.days(1).toSeconds(),
    ),
  }),
  v.forward(
    v.check(
      ({ paymentUrl, allowPlainHttp }) => allowPlainHttp || isEncrypted(new URL(paymentUrl)),
      'an https URL; to let charges go unencrypted over your network, write "allowPlainHttp": true beside it',
    ),
    ['paymentUrl'],
  ),
  v.transform(
    ({ paymentUrl, paymentKeyRetentionSeconds }): PaymentSettings => ({
      url: paymentUrl,
      keyRetention: Duration.seconds(paymentKeyRetentionSeconds),
    }),
  ),
);

/** Creates the consumer that charges orders. */
export function billing(scope: Stack, common: CommonProps, payment: PaymentSettings): IdempotentConsumer {
  return new IdempotentConsumer(scope, 'Billing', {
    ...common,
    consumerName: 'billing',
    guarantee: 'at-least-once',
    entry: join(import.meta.dirname, '../../lambda/billing.ts'),
    environment: {
      [shopVariables.paymentUrl]: payment.url,
      [shopVariables.paymentKeyRetentionSeconds]: String(payment.keyRetention.toSeconds()),
    },
  });
}

function isPaymentUrl(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, username, password } = new URL(value);
  return username === '' && password === '' && (protocol === 'https:' || protocol === 'http:');
}

function isEncrypted({ protocol, hostname }: URL): boolean {
  return protocol === 'https:' || isLoopback(hostname);
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}
