import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Construct } from 'constructs';
import { DataTable, EventTopic, IdempotentConsumer, RecordTable } from '../../lib/index.ts';
import { anyEntry, shop } from './support.ts';

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
    template.resourcePropertiesCountIs('AWS::IAM::Policy', reads, 0);
    expect(consumer.alarms.Blocked).toBeUndefined();
  });

  test('with onPoison block has an alarm, and the function may not read records', () => {
    const { consumer, template } = consumerThat('block');
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: { ON_POISON: 'block' } },
    });
    template.resourcePropertiesCountIs('AWS::IAM::Policy', reads, 0);
    expect(consumer.alarms.Blocked).toBeDefined();
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
