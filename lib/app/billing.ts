import { join } from 'node:path';
import { Duration, type Stack } from 'aws-cdk-lib';
import { shopVariables } from '../../contract/orders/shop-variables.ts';
import { keyRetentionSeconds } from '../../contract/policies/key-retention.ts';
import { IdempotentConsumer } from '../idempotent-consumer.ts';
import { check } from './check-setting.ts';
import type { CommonProps } from './common-props.ts';

export interface PaymentSettings {
  /** URL to which charges are posted. */
  readonly url: string;
  /**
   * How long the provider remembers an idempotency key. @default 24 hours, like Stripe (Stripe API reference,
   * "Idempotent requests")
   */
  readonly keyRetention: Duration;
}

type Read = (name: string) => string | undefined;

const { least, most } = keyRetentionSeconds;
const oneDay = String(Duration.days(1).toSeconds());

/** @throws ConfigurationError for a URL that is not https, unless it is on this machine or the stage is `dev`. */
export function readPayment(read: Read, stage: string): PaymentSettings | undefined {
  const insecure = stage === 'dev';
  const url = check('paymentUrl', read('paymentUrl'), {
    valid: (value) => isPaymentUrl(value, insecure),
    wanted:
      'an https URL without a user name, "https://payments.example.com/charges" for instance' +
      (insecure ? ', or an http one' : '; an http one only for this machine, or with -c stage=dev'),
  });
  const seconds = check('paymentKeyRetentionSeconds', read('paymentKeyRetentionSeconds') ?? oneDay, {
    valid: (value) => /^\d{1,9}$/.test(value) && Number(value) >= least && Number(value) <= most,
    wanted: `a whole number of seconds from ${least} to ${most}: for how long the provider remembers an idempotency key`,
  });
  return url === undefined ? undefined : { url, keyRetention: Duration.seconds(Number(seconds)) };
}

/** Creates the consumer that charges orders. */
export function billing(scope: Stack, common: CommonProps, payment: PaymentSettings): IdempotentConsumer {
  return new IdempotentConsumer(scope, 'Billing', {
    ...common,
    consumerName: 'billing',
    entry: join(import.meta.dirname, '../../lambda/billing.ts'),
    environment: {
      [shopVariables.paymentUrl]: payment.url,
      [shopVariables.paymentKeyRetentionSeconds]: String(payment.keyRetention.toSeconds()),
    },
  });
}

function isPaymentUrl(value: string, insecure: boolean): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, hostname, username, password } = new URL(value);
  if (username !== '' || password !== '') return false;
  return protocol === 'https:' || (protocol === 'http:' && (insecure || isLoopback(hostname)));
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}
