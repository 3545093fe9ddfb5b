import { join } from 'node:path';
import { type Stack, Token, Validations } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { ConfigurationError } from '../../contract/errors.ts';
import { shopVariables } from '../../contract/orders/shop-variables.ts';
import { IdempotentConsumer } from '../idempotent-consumer.ts';
import { check } from './check-setting.ts';
import type { CommonProps } from './common-props.ts';

export interface MailSettings {
  /** The sender's address, verified with SES in the stack's account and Region. */
  readonly from: string;
  /** The domain of the accounts' mailboxes. */
  readonly domain: string;
}

type Read = (name: string) => string | undefined;

type Arn = Pick<Stack, 'partition' | 'region' | 'account'>;

/** Any configuration set, because the default one of an identity can have any name. */
const everySet = 'configuration-set/*';

/** @throws ConfigurationError if only one of the two settings is given, or if one is not a valid address or domain. */
export function readMail(read: Read): MailSettings | undefined {
  const from = check('mailFrom', read('mailFrom'), {
    valid: (value) => address.test(value) && value.length <= 254,
    wanted: 'the bare address of a sender, "orders@example.com" for instance',
  });
  const domain = check('mailDomain', read('mailDomain'), {
    valid: (value) => domainName.test(value) && value.length <= 253,
    wanted: 'a domain, "customers.example.com" for instance',
  });
  if (from !== undefined && domain !== undefined) return { from, domain };
  if (from === undefined && domain === undefined) return undefined;
  const [given, missing] = from === undefined ? ['mailDomain', 'mailFrom'] : ['mailFrom', 'mailDomain'];
  throw new ConfigurationError(
    `Context "${given}" is "${from ?? domain}" and "${missing}" is not set; mails need both. Give it with ` +
      `-c ${missing}=..., or in cdk.json.`,
  );
}

/** Creates the consumer that mails orders. */
export function notifications(scope: Stack, common: CommonProps, mail: MailSettings): IdempotentConsumer {
  const consumer = new IdempotentConsumer(scope, 'Notifications', {
    ...common,
    consumerName: 'notifications',
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

const label = '[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?';
const domain = `${label}(\\.${label})+`;
const domainName = new RegExp(`^${domain}$`);
const address = new RegExp(`^[\\w!#$%&'*+/=?^\`{|}~.-]{1,64}@${domain}$`);
