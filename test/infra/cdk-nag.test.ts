import { Validations } from 'aws-cdk-lib';
import { CfnQueue } from 'aws-cdk-lib/aws-sqs';
import { AwsSolutionsChecks } from 'cdk-nag';
import { newApp, orderOnceStack } from './support.ts';

/** The application with the AwsSolutions pack and the CDK's own checks, whose findings make synthesis fail. */
function checkedApp() {
  const app = newApp({ validation: true });
  const stack = orderOnceStack({}, app);
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  return { app, stack };
}

test('the AwsSolutions pack and the CDK find nothing', () => {
  expect(() => checkedApp().app.synth()).not.toThrow();
});

test('fails if a queue is neither encrypted nor asks for TLS', () => {
  const { app, stack } = checkedApp();
  new CfnQueue(stack, 'Open', { sqsManagedSseEnabled: false });
  expect(() => app.synth()).toThrow(/SQS2[\s\S]*SQS4/);
});

test('each suppression carries its reason', () => {
  // WHEN
  const { stack } = checkedApp();
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
  expect(acknowledged).toEqual([
    {
      path: 'OrderOnce/Fulfilment/SubscriptionDeadLetterQueue',
      id: expect.stringContaining('AwsSolutions-SQS3'),
      reason: expect.stringContaining('dead-letter queue itself'),
    },
  ]);
});
