import { Duration, type Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { outputs } from '../../contract/orders/outputs.ts';
import { everyConsumer, forDevelopment, orderOnceStack, outputsOf, resource, resources } from './support.ts';

/** The days for which logs are kept, each number once. */
function retentions(stack: Stack): unknown[] {
  const groups = Object.values(resources(stack)).filter(({ Type }) => Type === 'AWS::Logs::LogGroup');
  return [...new Set(groups.map(({ Properties }) => Properties.RetentionInDays))];
}

describe('the stack with the settings of production', () => {
  let stack: Stack;
  let template: Template;
  beforeAll(() => {
    stack = orderOnceStack();
    template = Template.fromStack(stack);
  });

  test('has an encrypted FIFO topic that removes duplicates by content, per message group', () => {
    template.resourcePropertiesCountIs(
      'AWS::SNS::Topic',
      {
        TopicName: 'OrderOnce-order-events.fifo',
        FifoTopic: true,
        ContentBasedDeduplication: true,
        FifoThroughputScope: 'MessageGroup',
        KmsMasterKeyId: 'alias/aws/sns',
      },
      1,
    );
  });

  test('accepts events only over TLS', () => {
    template.hasResourceProperties('AWS::SNS::TopicPolicy', {
      PolicyDocument: {
        Statement: [
          {
            Effect: 'Deny',
            Principal: '*',
            Action: 'sns:Publish',
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          },
        ],
      },
    });
  });

  test('has a high-throughput FIFO queue whose dead-letter queue is only a backstop', () => {
    template.hasResourceProperties('AWS::SQS::Queue', {
      FifoQueue: true,
      ContentBasedDeduplication: true,
      DeduplicationScope: 'messageGroup',
      FifoThroughputLimit: 'perMessageGroupId',
      SqsManagedSseEnabled: true,
      MessageRetentionPeriod: 4 * 24 * 3600,
      VisibilityTimeout: 6 * 30,
      RedrivePolicy: {
        deadLetterTargetArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('FulfilmentDeadLetterQueue'), 'Arn'] },
        maxReceiveCount: 1000,
      },
    });
  });

  test.each([
    'FulfilmentDeadLetterQueue',
    'FulfilmentSubscriptionDeadLetterQueue',
  ])('keeps messages in %s for 14 days, with room for the reason', (logicalId) => {
    expect(resource(stack, 'AWS::SQS::Queue', logicalId).Properties).toMatchObject({
      FifoQueue: true,
      SqsManagedSseEnabled: true,
      MessageRetentionPeriod: 14 * 24 * 3600,
      MaximumMessageSize: 1024 * 1024,
    });
  });

  test('subscribes the queue with raw delivery, without a filter, with its own dead-letter queue', () => {
    template.hasResourceProperties('AWS::SNS::Subscription', {
      Protocol: 'sqs',
      Endpoint: { 'Fn::GetAtt': [Match.stringLikeRegexp('FulfilmentQueue'), 'Arn'] },
      RawMessageDelivery: true,
      FilterPolicy: Match.absent(),
      RedrivePolicy: {
        deadLetterTargetArn: {
          'Fn::GetAtt': [Match.stringLikeRegexp('FulfilmentSubscriptionDeadLetterQueue'), 'Arn'],
        },
      },
    });
  });

  test('runs the function on Node 24 and arm64, with logs that expire', () => {
    template.hasResourceProperties('AWS::Lambda::Function', {
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Timeout: 30,
      MemorySize: 512,
      LoggingConfig: { LogGroup: { Ref: Match.stringLikeRegexp('FulfilmentLogs') } },
    });
    expect(retentions(stack)).toEqual([365]);
  });

  test('lets all of its consumers hash message groups under one key', () => {
    const keys = Object.values(resources(orderOnceStack(everyConsumer)))
      .filter(({ Type }) => Type === 'AWS::Lambda::Function')
      .map(({ Properties }) => Properties.Environment.Variables.ORDER_ONCE_LOG_GROUP_KEY);
    expect(keys.filter((key) => key !== undefined)).toEqual(Array(3).fill({ Ref: 'AWS::StackId' }));
    const plain = orderOnceStack({ ...everyConsumer, logMessageGroups: 'plain' });
    expect(JSON.stringify(resources(plain))).not.toContain('ORDER_ONCE_LOG_GROUP_KEY');
  });

  test.each([
    ['two months where data goes', forDevelopment, 60],
    ['as long as the setting says', { ...everyConsumer, logRetention: RetentionDays.FIVE_YEARS }, 1827],
  ])('keeps every log %s', (_, props, days) => {
    expect(retentions(orderOnceStack(props))).toEqual([days]);
  });

  test('gives the function the names of its resources', () => {
    const ref = (logicalId: string) => ({ Ref: Match.stringLikeRegexp(logicalId) });
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: {
        Variables: {
          ORDER_ONCE_CONSUMER: 'fulfilment',
          RECORDS_TABLE_NAME: ref('Records'),
          RECORD_TTL_SECONDS: String(45 * 24 * 3600),
          QUEUE_URL: ref('FulfilmentQueue'),
          VISIBILITY_TIMEOUT_SECONDS: '180',
          QUEUE_RETENTION_SECONDS: String(4 * 24 * 3600),
          MAX_RECEIVE_COUNT: '1000',
          ON_POISON: 'quarantine',
          DEAD_LETTER_QUEUE_URL: ref('FulfilmentDeadLetterQueue'),
          ORDER_ONCE_TABLES: Match.objectLike({
            'Fn::Join': [
              '',
              [
                '{"orders":{"tableName":"',
                ref('Orders'),
                '","key":["orderId"]},"ledger":{"tableName":"',
                ref('Ledger'),
                '","key":["account"]},"customers":{"tableName":"',
                ref('Customers'),
                '","key":["account"]}}',
              ],
            ],
          }),
        },
      },
    });
  });

  test('gives the function batches, and lets it return the failed messages', () => {
    template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      BatchSize: 10,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      MaximumBatchingWindowInSeconds: Match.absent(),
    });
  });

  test('grants each function only what it does', () => {
    // WHEN
    const granted = Object.values(resources(stack))
      .filter(({ Type }) => Type === 'AWS::IAM::Policy')
      .flatMap(({ Properties }) => Properties.PolicyDocument.Statement.flatMap(pairs));

    // THEN
    expect(granted.sort()).toEqual([
      'Customers dynamodb:GetItem',
      'Customers dynamodb:PutItem',
      'FulfilmentDeadLetterQueue sqs:SendMessage',
      'FulfilmentLogs logs:CreateLogStream',
      'FulfilmentLogs logs:PutLogEvents',
      'FulfilmentQueue sqs:ChangeMessageVisibility',
      'FulfilmentQueue sqs:DeleteMessage',
      'FulfilmentQueue sqs:GetQueueAttributes',
      'FulfilmentQueue sqs:ReceiveMessage',
      'IntakeLogs logs:CreateLogStream',
      'IntakeLogs logs:PutLogEvents',
      'Ledger dynamodb:UpdateItem',
      'OrderEvents sns:Publish',
      'Orders dynamodb:PutItem',
      'Records dynamodb:GetItem',
      'Records dynamodb:PutItem',
      'Records dynamodb:PutItem',
      'Records dynamodb:UpdateItem',
      'Records dynamodb:UpdateItem',
    ]);
    for (const name of ['Fulfilment', 'Intake']) {
      expect(resource(stack, 'AWS::IAM::Role', name).Properties.ManagedPolicyArns).toBeUndefined();
    }
  });

  test.each([
    ['Records', 'id', { AttributeName: 'expiration', Enabled: true }],
    ['Orders', 'orderId', undefined],
    ['Ledger', 'account', undefined],
    ['Customers', 'account', undefined],
  ])('has the table %s, keyed by %s, on demand and recoverable', (logicalId, key, timeToLive) => {
    const { Properties } = resource(stack, 'AWS::DynamoDB::Table', logicalId);
    expect(Properties).toMatchObject({
      KeySchema: [{ AttributeName: key, KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    });
    expect(Properties.TimeToLiveSpecification).toEqual(timeToLive);
  });

  test('keeps all data when it is deleted', () => {
    // A table that is protected from deletion could not be rolled back: it stays in any case.
    const policies = deletionPolicies(stack);
    expect(policies).toEqual({
      'AWS::DynamoDB::Table': ['Retain', 'Retain', 'Retain', 'Retain'],
      'AWS::SQS::Queue': ['RetainExceptOnCreate', 'RetainExceptOnCreate', 'RetainExceptOnCreate'],
      'AWS::Logs::LogGroup': ['RetainExceptOnCreate', 'RetainExceptOnCreate', 'RetainExceptOnCreate'],
    });
    template.allResourcesProperties('AWS::DynamoDB::Table', { DeletionProtectionEnabled: true });
  });

  test('tells its outputs', () => {
    expect(outputsOf(stack)).toEqual(Object.values(outputs).sort());
  });
});

describe('the stack whose data may go', () => {
  test('keeps nothing when it is deleted', () => {
    // WHEN
    const stack = orderOnceStack(forDevelopment);

    // THEN
    expect(new Set(Object.values(deletionPolicies(stack)).flat())).toEqual(new Set(['Delete']));
    Template.fromStack(stack).allResourcesProperties('AWS::DynamoDB::Table', {
      DeletionProtectionEnabled: false,
    });
  });

  test.each([1, 5, 30])('retries as fast as a function timeout of %i s allows', (seconds) => {
    // WHEN
    const stack = orderOnceStack({ ...forDevelopment, functionTimeout: Duration.seconds(seconds) });

    // THEN
    const { Properties } = resource(stack, 'AWS::SQS::Queue', 'FulfilmentQueue');
    expect(Properties.VisibilityTimeout).toBe(6 * seconds);
  });
});

test.each([
  1, 5, 30, 900,
])('the stack synthesizes for production with a function timeout of %i s', (seconds) => {
  expect(() =>
    Template.fromStack(orderOnceStack({ functionTimeout: Duration.seconds(seconds) })),
  ).not.toThrow();
});

interface Statement {
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
}

/** "Orders dynamodb:PutItem", for each resource and action of a statement; logical ids without their hash. */
function pairs({ Action, Resource }: Statement): string[] {
  return [Resource].flat().flatMap((target) => {
    const { 'Fn::GetAtt': attribute, Ref } = target as { 'Fn::GetAtt'?: [string, string]; Ref?: string };
    const name = (attribute?.[0] ?? Ref)?.slice(0, -8) ?? JSON.stringify(target);
    return [Action].flat().map((action) => `${name} ${action}`);
  });
}

function deletionPolicies(stack: Stack): Record<string, string[]> {
  const withPolicy = Object.values(resources(stack)).filter(
    ({ DeletionPolicy }) => DeletionPolicy !== undefined,
  );
  const types = new Set(withPolicy.map(({ Type }) => Type));
  return Object.fromEntries(
    [...types].map((type) => [
      type,
      withPolicy.filter(({ Type }) => Type === type).map(({ DeletionPolicy = '' }) => DeletionPolicy),
    ]),
  );
}
