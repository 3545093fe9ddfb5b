import { join } from 'node:path';
import { Duration, type Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
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
  /** The complete ARN of the secret with the provider's credential. @default - no credential is sent */
  readonly secretArn?: string | undefined;
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
    paymentSecretArn: v.optional(
      text(
        /^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@-]+-[A-Za-z0-9]{6}$/,
        'the complete ARN of a secret, with the six characters at its end, ' +
          '"arn:aws:secretsmanager:eu-central-1:123456789012:secret:payments-AbCdEf" for instance',
      ),
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
  v.forward(
    v.check(
      ({ paymentUrl, paymentSecretArn }) =>
        paymentSecretArn === undefined || isEncrypted(new URL(paymentUrl)),
      'an https URL, because it gets the credential of "paymentSecretArn"',
    ),
    ['paymentUrl'],
  ),
  v.transform(
    ({ paymentUrl, paymentSecretArn, paymentKeyRetentionSeconds }): PaymentSettings => ({
      url: paymentUrl,
      secretArn: paymentSecretArn,
      keyRetention: Duration.seconds(paymentKeyRetentionSeconds),
    }),
  ),
);

/** Creates the consumer that charges orders. */
export function billing(scope: Stack, common: CommonProps, payment: PaymentSettings): IdempotentConsumer {
  const { secretArn } = payment;
  const consumer = new IdempotentConsumer(scope, 'Billing', {
    ...common,
    consumerName: 'billing',
    guarantee: 'at-least-once',
    entry: join(import.meta.dirname, '../../lambda/billing.ts'),
    environment: {
      [shopVariables.paymentUrl]: payment.url,
      [shopVariables.paymentKeyRetentionSeconds]: String(payment.keyRetention.toSeconds()),
      ...(secretArn === undefined ? {} : { [shopVariables.paymentSecretArn]: secretArn }),
    },
  });
  if (secretArn !== undefined) {
    consumer.handler.addToRolePolicy(
      new PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources: [secretArn] }),
    );
  }
  return consumer;
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
