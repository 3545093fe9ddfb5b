import { Duration, NestedStack, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Construct } from 'constructs';
import { DataTable, EventTopic, IdempotentConsumer, RecordTable } from '../../lib/index.ts';
import { physicalName } from '../../lib/names.ts';
import { anyEntry, newApp, type Resource, resources, shop } from './support.ts';

/** What somebody with events of their own writes. */
class Bookings extends Construct {
  readonly consumer: IdempotentConsumer;

  constructor(scope: Construct, id: string, entry = anyEntry) {
    super(scope, id);
    const topic = new EventTopic(this, 'Events');
    const records = new RecordTable(this, 'Records');
    const bookings = new DataTable(this, 'Table', { partitionKey: 'bookingId' });
    this.consumer = new IdempotentConsumer(this, 'Consumer', {
      consumerName: 'bookings',
      topic,
      records,
      entry,
      tables: { bookings: { table: bookings, effects: ['put', 'remove'] } },
    });
  }
}

test('a consumer needs only a topic, records and a file', () => {
  // WHEN
  const stack = shop();
  new Bookings(stack, 'Bookings');

  // THEN
  const template = Template.fromStack(stack);
  template.hasResourceProperties('AWS::Lambda::Function', {
    FunctionName: 'Shop-bookings-consumer',
    Environment: { Variables: { ORDER_ONCE_CONSUMER: 'bookings' } },
  });
  template.hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: {
      Statement: Match.arrayWith([
        Match.objectLike({
          Action: ['dynamodb:DeleteItem', 'dynamodb:PutItem'],
          Resource: { 'Fn::GetAtt': [Match.stringLikeRegexp('BookingsTable'), 'Arn'] },
        }),
      ]),
    },
  });
});

test('two constructs of a kind, and two stacks, have different names', () => {
  // WHEN
  const app = newApp();
  const stacks = ['Shop', 'Shop2'].map((stackName) => {
    const stack = new Stack(app, stackName);
    new Bookings(stack, 'Bookings');
    new Bookings(stack, 'Returns');
    return stack;
  });

  // THEN
  const given = stacks.flatMap((stack) => Object.values(resources(stack)).flatMap(givenNames));
  // A topic, three queues, two tables, a function and its logs, four times.
  expect(given).toHaveLength(4 * 8);
  expect(new Set(given).size).toBe(given.length);
});

function givenNames({ Properties }: Resource): string[] {
  return ['TopicName', 'QueueName', 'TableName', 'FunctionName', 'LogGroupName']
    .map((property) => Properties[property])
    .filter((name) => typeof name === 'string');
}

test('two consumers of one topic share the record table and nothing else', () => {
  // WHEN
  const stack = shop();
  const topic = new EventTopic(stack, 'Events');
  const records = new RecordTable(stack, 'Records');
  new IdempotentConsumer(stack, 'Bookings', { consumerName: 'bookings', topic, records, entry: anyEntry });
  new IdempotentConsumer(stack, 'Mails', { consumerName: 'mails', topic, records, entry: anyEntry });

  // THEN
  const template = Template.fromStack(stack);
  template.resourceCountIs('AWS::SNS::Topic', 1);
  template.resourceCountIs('AWS::DynamoDB::Table', 1);
  template.resourceCountIs('AWS::SQS::Queue', 6);
  template.resourceCountIs('AWS::SNS::Subscription', 2);
});

test('a consumer applies its options to its resources', () => {
  // WHEN
  const stack = shop();
  new IdempotentConsumer(stack, 'Bookings', {
    consumerName: 'bookings',
    topic: new EventTopic(stack, 'Events'),
    records: new RecordTable(stack, 'Records', {
      ttl: Duration.days(60),
      removalPolicy: RemovalPolicy.DESTROY,
    }),
    entry: anyEntry,
    environment: { LOCALE: 'en' },
    timeout: Duration.minutes(1),
    memorySize: 1024,
    batchSize: 5,
    maxConcurrency: 7,
    visibilityTimeout: Duration.minutes(10),
    retention: Duration.days(10),
    deadLetterRetention: Duration.days(12),
    // The least: 5 messages x 5 attempts, and the receives of a day's outage.
    maxReceiveCount: 691,
    removalPolicy: RemovalPolicy.DESTROY,
  });

  // THEN
  const template = Template.fromStack(stack);
  template.hasResourceProperties('AWS::Lambda::Function', {
    Timeout: 60,
    MemorySize: 1024,
    Environment: {
      Variables: {
        LOCALE: 'en',
        RECORD_TTL_SECONDS: '5184000',
        VISIBILITY_TIMEOUT_SECONDS: '600',
      },
    },
  });
  template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
    BatchSize: 5,
    ScalingConfig: { MaximumConcurrency: 7 },
  });
  template.hasResource('AWS::SQS::Queue', {
    DeletionPolicy: 'Delete',
    Properties: {
      QueueName: 'Shop-bookings.fifo',
      VisibilityTimeout: 600,
      MessageRetentionPeriod: 864_000,
      RedrivePolicy: Match.objectLike({ maxReceiveCount: 691 }),
    },
  });
  template.resourcePropertiesCountIs('AWS::SQS::Queue', { MessageRetentionPeriod: 1_036_800 }, 2);
});

describe('poison', () => {
  function consumerThat(onPoison?: 'quarantine' | 'block') {
    const stack = shop();
    const topic = new EventTopic(stack, 'Events');
    const records = new RecordTable(stack, 'Records');
    const props = {
      consumerName: 'bookings',
      topic,
      records,
      entry: anyEntry,
      ...(onPoison && { onPoison }),
    };
    const consumer = new IdempotentConsumer(stack, 'Bookings', props);
    return { consumer, template: Template.fromStack(stack) };
  }
  const reads = Match.objectLike({
    PolicyDocument: { Statement: Match.arrayWith([Match.objectLike({ Action: 'dynamodb:GetItem' })]) },
  });

  test.each([undefined, 'quarantine'] as const)('is quarantined if onPoison is %s', (onPoison) => {
    const { consumer, template } = consumerThat(onPoison);
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: { ON_POISON: 'quarantine' } },
    });
    template.resourceCountIs('AWS::CloudWatch::Alarm', 0);
    template.resourcePropertiesCountIs('AWS::IAM::Policy', reads, 0);
    expect(consumer.blockedAlarm).toBeUndefined();
  });

  test('with onPoison block has an alarm, and the function may not read records', () => {
    const { consumer, template } = consumerThat('block');
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: { ON_POISON: 'block' } },
    });
    template.resourcePropertiesCountIs('AWS::IAM::Policy', reads, 0);
    template.hasResourceProperties('AWS::Logs::MetricFilter', {
      LogGroupName: { Ref: Match.stringLikeRegexp('BookingsLogs') },
      FilterPattern: '{ ($.message = "delivery") && ($.outcome = "blocked") }',
      MetricTransformations: [
        Match.objectLike({
          MetricNamespace: 'OrderOnce',
          MetricName: 'Blocked Shop-bookings',
          MetricValue: '1',
        }),
      ],
    });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      Namespace: 'OrderOnce',
      MetricName: 'Blocked Shop-bookings',
      Statistic: 'Sum',
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      TreatMissingData: 'notBreaching',
    });
    expect(consumer.blockedAlarm).toBeDefined();
  });
});

test.each([
  { retention: Duration.days(15) },
  { deadLetterRetention: Duration.days(15) },
])('synthesis fails if SQS does not allow a retention: %j', (retentions) => {
  // GIVEN
  const stack = shop();
  const topic = new EventTopic(stack, 'Events');
  const records = new RecordTable(stack, 'Records', { ttl: Duration.days(90) });

  // THEN
  expect(
    () =>
      new IdempotentConsumer(stack, 'Bookings', {
        consumerName: 'bookings',
        topic,
        records,
        entry: anyEntry,
        ...retentions,
      }),
  ).toThrow(/etention is 1296000; it must be a whole number of seconds from 60 to 1209600/);
});

describe('names', () => {
  test('start with the name of the outermost stack, which is known at synthesis', () => {
    // WHEN
    const nested = new NestedStack(shop(), 'Part');
    new DataTable(nested, 'OrderLines', { partitionKey: 'id' });

    // THEN
    Template.fromStack(nested).hasResourceProperties('AWS::DynamoDB::Table', {
      TableName: 'Shop-part-order-lines',
    });
  });

  test('fail synthesis if the name of a queue is too long for SQS', () => {
    // GIVEN
    const stack = new Stack(newApp(), 'S'.repeat(60));
    const topic = new EventTopic(stack, 'Events');
    const records = new RecordTable(stack, 'Records');

    // THEN
    const tooLong = () =>
      new IdempotentConsumer(stack, 'Bookings', {
        consumerName: 'bookings',
        topic,
        records,
        entry: anyEntry,
      });
    expect(tooLong).toThrow(/has 91 characters; AWS takes at most 80 for a queue.*"Bookings" by 11\./);
  });

  test('fail synthesis if the name of a function is too long for Lambda', () => {
    expect(() => physicalName(shop(), 'B'.repeat(60), 'function')).toThrow(
      /has 65 characters; .* at most 64/,
    );
    expect(physicalName(shop(), 'B'.repeat(59), 'function')).toHaveLength(64);
  });
});
