import { join } from 'node:path';
import { type Stack, Token, Validations } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import * as v from 'valibot';
import { shopVariables } from '../../contract/orders/shop-variables.ts';
import { IdempotentConsumer } from '../idempotent-consumer.ts';
import type { CommonProps } from './common-props.ts';
import { settingsObject, text } from './settings/settings-schema.ts';

export interface MailSettings {
  /** The sender's address, verified with SES in the stack's account and Region. */
  readonly from: string;
  /** The domain of the accounts' mailboxes. */
  readonly domain: string;
}

type Arn = Pick<Stack, 'partition' | 'region' | 'account'>;

/** Any configuration set, because the default one of an identity can have any name. */
const everySet = 'configuration-set/*';

const label = '[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?';
const domain = `${label}(\\.${label})+`;
const domainName = new RegExp(`^${domain}$`);
const address = new RegExp(`^[\\w!#$%&'*+/=?^\`{|}~.-]{1,64}@${domain}$`);

/** The settings of the consumer. */
export const mailSettings = v.pipe(
  settingsObject({
    mailFrom: text(
      (value) => address.test(value) && value.length <= 254,
      'the bare address of a sender, "orders@example.com" for instance',
    ),
    mailDomain: text(
      (value) => domainName.test(value) && value.length <= 253,
      'a domain, "customers.example.com" for instance',
    ),
  }),
  v.transform(({ mailFrom, mailDomain }): MailSettings => ({ from: mailFrom, domain: mailDomain })),
);

/** Creates the consumer that mails orders. */
export function notifications(scope: Stack, common: CommonProps, mail: MailSettings): IdempotentConsumer {
  const consumer = new IdempotentConsumer(scope, 'Notifications', {
    ...common,
    consumerName: 'notifications',
    guarantee: 'at-most-once',
    entry: join(import.meta.dirname, '../../lambda/notifications.ts'),
    environment: { [shopVariables.mailFrom]: mail.from, [shopVariables.mailDomain]: mail.domain },
  });
  consumer.handler.addToRolePolicy(
    new PolicyStatement({
      // For a mail with a template, SES also checks the second action, which has its name from version 1 of the API.
      actions: ['ses:SendEmail', 'ses:SendTemplatedEmail'],
      resources: [
        ...identitiesOf(mail.from).map((name) => sesArn(scope, `identity/${name}`)),
        // SES also checks the grant on the identity's default configuration set.
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

/** The ARN in the form that cdk-nag uses in the names of its findings. */
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

/** The SES identities that can verify an address: the address, its domain, and each parent domain. */
function identitiesOf(address: string): string[] {
  const labels = address.slice(address.indexOf('@') + 1).split('.');
  // A top-level domain cannot be an identity.
  return [address, ...labels.slice(0, -1).map((_, index) => labels.slice(index).join('.'))];
}
