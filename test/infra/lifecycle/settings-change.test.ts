import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Duration, Stage } from 'aws-cdk-lib';
import { OrderOnceStack } from '../../../lib/app/order-once-stack.ts';
import { everyConsumer, resources, root, temporaryFolder } from '../support.ts';
import { pairwise } from './pairwise.ts';
import { guardedIds, lostBy, type Resources } from './update.ts';

/** The flags that `cdk init` sets in a new app. */
const newFlags = JSON.parse(
  readFileSync(join(root, 'node_modules/aws-cdk-lib/recommended-feature-flags.json'), 'utf8'),
);

const choices = {
  billing: ['off', everyConsumer.billing],
  notifications: ['off', everyConsumer.notifications],
  intake: [
    { auth: 'iam' },
    { auth: 'jwt', jwtIssuer: 'https://issuer.example', jwtAudience: 'shop', jwtAccountClaim: 'customer_id' },
  ],
  data: ['keep', 'delete'],
  alarms: [undefined, true, false],
  encryptionKeyArn: [undefined, 'arn:aws:kms:eu-west-1:111111111111:key/1234abcd'],
  functionTimeout: [Duration.seconds(30), Duration.seconds(5), Duration.minutes(15)],
  toleratedOutage: [undefined, Duration.hours(1)],
  env: [undefined, { account: '111111111111', region: 'eu-west-1' }],
  flags: [{}, newFlags],
  /** The stage of a pipeline, or none. */
  stage: [undefined, 'Prod'],
} as const;

type Deployment = ReturnType<typeof pairwise<typeof choices>>[number];

function templateOf(
  { stage, flags, env, toleratedOutage, alarms, encryptionKeyArn, ...settings }: Deployment,
  stackName = 'OrderOnce',
): Resources {
  const app = new App({
    context: { ...flags, 'aws:cdk:bundling-stacks': [] },
    builtinCloudFormationValidation: false,
    outdir: temporaryFolder(),
  });
  const scope = stage === undefined ? app : new Stage(app, stage);
  return resources(
    new OrderOnceStack(scope, 'OrderOnce', {
      ...settings,
      stackName,
      ...(env && { env }),
      ...(alarms !== undefined && { alarms }),
      ...(encryptionKeyArn && { encryptionKeyArn }),
      ...(toleratedOutage && { toleratedOutage }),
    }),
  );
}

const deployments = pairwise(choices).map((settings) => ({ settings, template: templateOf(settings) }));

test('no change of a setting, of a feature flag or of the stage loses a resource, except those of a consumer that is "off"', () => {
  for (const before of deployments) {
    for (const after of deployments) {
      const switchedOff = (['billing', 'notifications'] as const).filter(
        (name) => before.settings[name] !== 'off' && after.settings[name] === 'off',
      );
      const lost = lostBy(before.template, after.template).filter(
        (one) => !switchedOff.some((name) => belongsTo(one, name)),
      );
      expect({ before: before.settings, after: after.settings, lost }).toMatchObject({ lost: [] });
    }
  }
});

/** Whether `AWS::SQS::Queue BillingQueue12345678: WILL_ORPHAN` belongs to `billing`. */
function belongsTo(lost: string, consumer: string): boolean {
  return lost.split(' ')[1]?.toLowerCase().startsWith(consumer) === true;
}

test('a consumer that is "off" keeps its queues and logs, if data is kept', () => {
  const [first] = deployments;
  const settings = { ...(first as (typeof deployments)[number]).settings, billing: everyConsumer.billing };
  const lost = lostBy(templateOf(settings), templateOf({ ...settings, billing: 'off' }));
  expect(lost.filter((one) => /Queue|LogGroup/.test(one)).map((one) => one.split(': ')[1])).toEqual([
    'WILL_ORPHAN',
    'WILL_ORPHAN',
    'WILL_ORPHAN',
    'WILL_ORPHAN',
  ]);
});

test('a renamed stack has the same logical ids', () => {
  for (const { settings, template } of deployments.slice(0, 3)) {
    expect(guardedIds(templateOf(settings, 'Renamed'))).toEqual(guardedIds(template));
  }
});

test('the comparison sees a new logical id, a new key of a table, and a queue that stops to be FIFO', () => {
  const template: Resources = deployments[0]?.template ?? {};
  const changed = (type: string, change: object) =>
    Object.fromEntries(
      Object.entries(template).map(([id, one]) => [
        id,
        one.Type === type ? { ...one, Properties: { ...one.Properties, ...change } } : one,
      ]),
    );
  const { Subscription, ...others } = Object.fromEntries(
    Object.entries(template).map(([id, one]) => [
      one.Type === 'AWS::SNS::Subscription' ? 'Subscription' : id,
      one,
    ]),
  );
  expect(lostBy(template, { ...others, Renamed: Subscription as never })).toEqual([
    expect.stringMatching(/^AWS::SNS::Subscription \w+: WILL_DESTROY$/),
  ]);
  expect(lostBy(template, changed('AWS::DynamoDB::Table', { KeySchema: [] }))).toHaveLength(4);
  expect(lostBy(template, changed('AWS::SQS::Queue', { FifoQueue: false }))).toContainEqual(
    expect.stringMatching(/^AWS::SQS::Queue FulfilmentQueue\w+: WILL_REPLACE$/),
  );
});
