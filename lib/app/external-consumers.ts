import { join } from 'node:path';
import { type Stack, Token, Validations } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { environmentNames } from '../../contract/environment.ts';
import { IdempotentConsumer } from '../idempotent-consumer.ts';
import type { IdempotentConsumerProps } from '../idempotent-consumer-props.ts';
import type { MailSettings, PaymentSettings } from './payment-and-mail-settings.ts';

/** What all consumers of the application have in common. */
export type CommonProps = Omit<IdempotentConsumerProps, 'consumerName' | 'entry' | 'environment' | 'tables'>;

type Arn = Pick<Stack, 'partition' | 'region' | 'account'>;

/** The default one of an identity may have any name. */
const everySet = 'configuration-set/*';

/** Charges orders. */
export function billing(scope: Stack, common: CommonProps, payment: PaymentSettings): IdempotentConsumer {
  return new IdempotentConsumer(scope, 'Billing', {
    ...common,
    consumerName: 'billing',
    entry: join(import.meta.dirname, '../../lambda/billing.ts'),
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
    consumerName: 'notifications',
    entry: join(import.meta.dirname, '../../lambda/notifications.ts'),
    environment: { [environmentNames.mailFrom]: mail.from, [environmentNames.mailDomain]: mail.domain },
  });
  consumer.handler.addToRolePolicy(
    new PolicyStatement({
      // For a mail made from a template SES checks the second one too, which version 1 of its API names.
      actions: ['ses:SendEmail', 'ses:SendTemplatedEmail'],
      resources: [
        ...identitiesOf(mail.from).map((name) => sesArn(scope, `identity/${name}`)),
        // SES checks the default configuration set of the identity too.
        sesArn(scope, everySet),
      ],
      conditions: { StringEquals: { 'ses:FromAddress': mail.from } },
    }),
  );
  Validations.of(consumer.handler.role ?? consumer.handler).acknowledge({
    id: `AwsSolutions-IAM5[Resource::${nameOfFinding(scope, everySet)}]`,
    reason:
      "The name of an identity's default configuration set is not known here; the sender limits the grant.",
  });
  return consumer;
}

function sesArn({ partition, region, account }: Arn, resource: string): string {
  return `arn:${partition}:ses:${region}:${account}:${resource}`;
}

/** The same as cdk-nag has it in the names of its findings. */
function nameOfFinding({ partition, region, account }: Arn, resource: string): string {
  const known = (value: string, name: string) => (Token.isUnresolved(value) ? `<AWS::${name}>` : value);
  return sesArn(
    {
      partition: known(partition, 'Partition'),
      region: known(region, 'Region'),
      account: known(account, 'AccountId'),
    },
    resource,
  );
}

/** What may be verified for an address: itself, its domain, or any domain above that one. */
function identitiesOf(address: string): string[] {
  const labels = address.slice(address.indexOf('@') + 1).split('.');
  // A top-level domain is nobody's identity.
  return [address, ...labels.slice(0, -1).map((_, index) => labels.slice(index).join('.'))];
}
