import { Validations } from 'aws-cdk-lib';
import { type IVpc, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Tracing } from 'aws-cdk-lib/aws-lambda';
import { CfnQueue } from 'aws-cdk-lib/aws-sqs';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import type { OrderOnceStackProps } from '../../../lib/app/order-once-stack.ts';
import { EventTopic, IdempotentConsumer, RecordTable } from '../../../lib/index.ts';
import { anyEntry, everyConsumer, newApp, orderOnceStack } from '../support.ts';

/** The application with the packs AwsSolutions and Serverless, and the CDK's own checks, whose findings make synthesis fail. */
function checkedApp(props: Partial<OrderOnceStackProps> = {}) {
  const app = newApp({ validation: true });
  const stack = orderOnceStack(props, app);
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
  return { app, stack };
}

test.each([
  ['without any setting', {}],
  ['with every consumer', everyConsumer],
  ['of one account', { ...everyConsumer, env: { account: '111111111111', region: 'eu-west-1' } }],
])('the packs AwsSolutions and Serverless and the CDK find nothing in the stack %s', (_, props) => {
  expect(() => checkedApp(props).app.synth()).not.toThrow();
});

test('the packs AwsSolutions and Serverless and the CDK find nothing in a consumer with onPoison block', () => {
  const { app, stack } = checkedApp();
  const topic = new EventTopic(stack, 'Bookings');
  const records = new RecordTable(stack, 'Booked');
  new IdempotentConsumer(stack, 'Blocking', {
    consumerName: 'bookings',
    topic,
    records,
    entry: anyEntry,
    onPoison: 'block',
    tracing: Tracing.ACTIVE,
  });
  expect(() => app.synth()).not.toThrow();
});

test('the packs AwsSolutions and Serverless and the CDK find nothing in a consumer with tracing, a VPC and an encryption key', () => {
  const { app, stack } = checkedApp();
  const encryptionKey = new Key(stack, 'Key', { enableKeyRotation: true });
  const vpc = new Vpc(stack, 'Vpc', { flowLogs: { all: {} } });
  new IdempotentConsumer(stack, 'Private', {
    consumerName: 'bookings',
    topic: new EventTopic(stack, 'Bookings', { encryptionKey }),
    records: new RecordTable(stack, 'Booked'),
    entry: anyEntry,
    encryptionKey,
    vpc: vpc as IVpc,
    tracing: Tracing.ACTIVE,
  });
  expect(() => app.synth()).not.toThrow();
});

test('the AwsSolutions pack finds a queue that is not encrypted and does not require TLS', () => {
  const { app, stack } = checkedApp();
  new CfnQueue(stack, 'Open', { sqsManagedSseEnabled: false });
  expect(() => app.synth()).toThrow(/SQS2[\s\S]*SQS4/);
});

test('each suppression has a reason', () => {
  // WHEN
  const { stack } = checkedApp(everyConsumer);
  const acknowledged = stack.node
    .findAll()
    .flatMap(({ node }) =>
      node.metadata
        .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
        .flatMap(({ data }) =>
          Object.entries<string>(data).map(([id, reason]) => ({ path: node.path, id, reason })),
        ),
    );

  // THEN
  const functions = ['Fulfilment', 'Billing', 'Notifications', 'Intake'];
  const consumers = functions.slice(0, 3);
  const expected = [
    ['', 'Serverless-LambdaTracing', 'price per trace'],
    ...functions.map((name) => [`/${name}/Function`, 'Serverless-LambdaDLQ', 'synchronously']),
    ...consumers.flatMap((name) => [
      [`/${name}/EventSource`, 'Serverless-LambdaEventSourceMappingDestination', 'its own dead-letter queue'],
      [`/${name}/DeadLetterQueue`, 'Serverless-SQSRedrivePolicy', 'It is a dead-letter queue'],
      [`/${name}/SubscriptionDeadLetterQueue`, 'Serverless-SQSRedrivePolicy', 'It is a dead-letter queue'],
      [`/${name}/SubscriptionDeadLetterQueue`, 'AwsSolutions-SQS3', 'dead-letter queue itself'],
    ]),
    ['/Notifications/Role', 'AwsSolutions-IAM5', 'default configuration set'],
  ].map(([path, id, reason]) => ({
    path: `OrderOnce${path}`,
    id: expect.stringContaining(id as string),
    reason: expect.stringContaining(reason as string),
  }));
  expect(acknowledged).toHaveLength(expected.length);
  expect(acknowledged).toEqual(expect.arrayContaining(expected));
});
