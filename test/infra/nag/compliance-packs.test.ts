import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { HIPAASecurityChecks, NIST80053R5Checks } from 'cdk-nag';
import { everyConsumer, orderOnceStack, root } from '../support.ts';

const packs = { 'NIST.800.53.R5': NIST80053R5Checks, 'HIPAA.Security': HIPAASecurityChecks } as const;

/** The rules of both packs that the example does not meet, each with the reason. SECURITY.md lists them too. */
const acknowledged = {
  IAMNoInlinePolicy:
    'Each policy belongs to one role, and names the resources of one function. The CDK writes such policies inline, and they are deleted with the role.',
  LambdaConcurrency:
    'A limit of concurrent invocations is a reservation of the account, so it is a setting of the account. `maxConcurrency` of a consumer limits its queue.',
  LambdaInsideVPC:
    'DynamoDB, SQS, SNS and SES are public endpoints with TLS, and IAM protects them. `vpc` of a consumer is for systems in a network.',
  DynamoDBInBackupPlan:
    'Tables have point-in-time recovery over 35 days and deletion protection. A backup plan belongs to an account.',
  LambdaDLQ: 'Lambda calls the functions synchronously. Queues and subscriptions have dead-letter queues.',
} as const;

const arns = {
  alarmTopicArn: 'arn:aws:sns:eu-west-1:111111111111:alarms',
  encryptionKeyArn: 'arn:aws:kms:eu-west-1:111111111111:key/1234abcd',
};

test.each(Object.entries(packs))('%s finds only what has a reason', (name, Pack) => {
  const stack = orderOnceStack({ ...everyConsumer, ...arns });
  const { violations } = new Pack(stack).validateScope(stack);
  const found = violations.map(({ ruleName }) => ruleName.replace(`${name}-`, ''));
  expect(found.sort()).toEqual(Object.keys(acknowledged).sort());
});

test.each(Object.entries(acknowledged))('SECURITY.md says why %s is not met', (rule, reason) => {
  expect(readFileSync(join(root, 'SECURITY.md'), 'utf8')).toContain(`| ${rule} | ${reason} |`);
});

test.each(
  Object.entries(packs),
)('%s finds alarms that report to nobody, and logs under a key of AWS', (name, Pack) => {
  const stack = orderOnceStack();
  const { violations } = new Pack(stack).validateScope(stack);
  expect(violations.map(({ ruleName }) => ruleName)).toEqual(
    expect.arrayContaining([`${name}-CloudWatchAlarmAction`, `${name}-CloudWatchLogGroupEncrypted`]),
  );
});
