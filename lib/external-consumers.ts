import { join } from 'node:path';
import { Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { environmentNames } from '../contract/environment.ts';
import type { MailSettings, PaymentSettings } from './effect-settings.ts';
import { IdempotentConsumer } from './idempotent-consumer.ts';
import type { IdempotentConsumerProps } from './idempotent-consumer-props.ts';

/** What all consumers of the application have in common. */
export type CommonProps = Omit<IdempotentConsumerProps, 'entry' | 'environment'>;

/** Charges orders. */
export function billing(scope: Stack, common: CommonProps, payment: PaymentSettings): IdempotentConsumer {
  return new IdempotentConsumer(scope, 'Billing', {
    ...common,
    entry: join(import.meta.dirname, '../lambda/billing.ts'),
    environment: {
      [environmentNames.paymentUrl]: payment.url,
      [environmentNames.paymentKeyRetentionSeconds]: String(payment.keyRetention.toSeconds()),
    },
  });
}

/** Mails orders. */
export function notifications(scope: Stack, common: CommonProps, mail: MailSettings): IdempotentConsumer {
  const consumer = new IdempotentConsumer(scope, 'Notifications', {
    ...common,
    entry: join(import.meta.dirname, '../lambda/notifications.ts'),
    environment: { [environmentNames.mailFrom]: mail.from, [environmentNames.mailDomain]: mail.domain },
  });
  consumer.handler.addToRolePolicy(
    new PolicyStatement({
      // For a mail made from a template SES checks the second one too, which version 1 of its API names.
      actions: ['ses:SendEmail', 'ses:SendTemplatedEmail'],
      resources: identitiesOf(mail.from).map((resourceName) =>
        Stack.of(scope).formatArn({ service: 'ses', resource: 'identity', resourceName }),
      ),
      conditions: { StringEquals: { 'ses:FromAddress': mail.from } },
    }),
  );
  return consumer;
}

/** What may be verified for an address: itself, its domain, or any domain above that one. */
function identitiesOf(address: string): string[] {
  const labels = address.slice(address.indexOf('@') + 1).split('.');
  // A top-level domain is nobody's identity.
  return [address, ...labels.slice(0, -1).map((_, index) => labels.slice(index).join('.'))];
}
