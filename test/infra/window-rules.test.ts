import { Duration } from 'aws-cdk-lib';
import type { CfnEventSourceMapping, CfnFunction } from 'aws-cdk-lib/aws-lambda';
import type { CfnSubscription } from 'aws-cdk-lib/aws-sns';
import type { CfnQueue, Queue } from 'aws-cdk-lib/aws-sqs';
import type { IConstruct } from 'constructs';
import type { IdempotentConsumerProps } from '../../lib/index.ts';
import { EventTopic, IdempotentConsumer, RecordTable } from '../../lib/index.ts';
import { anyEntry, refusal, shop } from './support.ts';

type Options = Partial<IdempotentConsumerProps> & { readonly ttl?: Duration };

/** A consumer in a stack of its own. */
function consumerWith({ ttl, ...props }: Options = {}) {
  const stack = shop();
  const consumer = new IdempotentConsumer(stack, 'Bookings', {
    consumerName: 'bookings',
    topic: new EventTopic(stack, 'Events'),
    records: new RecordTable(stack, 'Records', ttl && { ttl }),
    entry: anyEntry,
    ...props,
  });
  return { stack, consumer };
}

function refusalOf(options: Options): string {
  return refusal(consumerWith(options).stack);
}

const accepted = 'nothing was refused';

test('synthesis accepts the defaults', () => {
  expect(refusalOf({})).toBe(accepted);
});

describe('the life of a record', () => {
  test('fails synthesis if a message can arrive after its record has expired', () => {
    const message = refusalOf({ ttl: Duration.days(41) });
    expect(message).toContain('[Shop/Bookings]');
    expect(message).toContain('Records count for 41 d, but a message can still come after 41 d 1 h');
    expect(message).toContain(
      '23 d of SNS delivery retries + 4 d in the queue + 14 d in the dead-letter queue',
    );
    expect(message).toContain('Raise "ttl" of the RecordTable');
  });

  test('is accepted if it is exactly long enough', () => {
    expect(refusalOf({ ttl: Duration.hours(41 * 24 + 1) })).toBe(accepted);
  });

  test('must include the retentions of the queues', () => {
    const shorter = {
      retention: Duration.days(1),
      deadLetterRetention: Duration.days(2),
      toleratedOutage: Duration.hours(23),
    };
    expect(refusalOf({ ...shorter, ttl: Duration.days(27) })).toBe(accepted);
    expect(refusalOf({ ...shorter, ttl: Duration.days(26) })).toContain('26 d 1 h');
  });

  test("fails synthesis if the function's environment has another value", () => {
    const { stack, consumer } = consumerWith();
    consumer.handler.addEnvironment('RECORD_TTL_SECONDS', '60');
    expect(refusal(stack)).toContain('Records count for 1 min');
  });
});

describe('the visibility timeout', () => {
  test('fails synthesis below six times the timeout of the function', () => {
    const message = refusalOf({ timeout: Duration.minutes(1), visibilityTimeout: Duration.seconds(359) });
    expect(message).toContain('The visibility timeout is 5 min 59 s');
    expect(message).toContain('timeout of 1 min needs at least 6 min (6 times)');
    expect(message).toContain('Raise "visibilityTimeout" or lower "timeout"');
  });

  test('is accepted at six times the timeout', () => {
    expect(refusalOf({ timeout: Duration.minutes(1), visibilityTimeout: Duration.minutes(6) })).toBe(
      accepted,
    );
  });
});

describe('the lease', () => {
  test('fails synthesis if it could outlast the visibility timeout', () => {
    const message = refusalOf({ timeout: Duration.minutes(1), visibilityTimeout: Duration.seconds(64) });
    expect(message).toContain(
      "A lease lasts up to 1 min 5 s: 1 min of the function's timeout + 5 s of clock skew",
    );
    expect(message).toContain('The visibility timeout is 1 min 4 s');
    expect(message).toContain('Raise "visibilityTimeout" or lower "timeout"');
  });

  test('is accepted if it is as long as the visibility timeout', () => {
    const options = { timeout: Duration.minutes(1), visibilityTimeout: Duration.seconds(65) };
    expect(refusalOf(options)).not.toContain('A lease lasts');
    // Six times the shortest timeout is just as long.
    expect(refusalOf({ timeout: Duration.seconds(1), visibilityTimeout: Duration.seconds(6) })).not.toContain(
      'A lease lasts',
    );
  });
});

describe("the settings of the queue in the function's environment", () => {
  test.each([
    ['VisibilityTimeout', 240, 'visibility timeout is 3 min, but it is 4 min'],
    ['MessageRetentionPeriod', 259_200, 'retention is 4 d, but it is 3 d'],
    [
      'RedrivePolicy.maxReceiveCount',
      900,
      'maxReceiveCount is 1000, but it is 900: it could not make the receives last. Set "maxReceiveCount"',
    ],
  ])('fail synthesis if %s differs', (property, value, told) => {
    const { stack, consumer } = consumerWith();
    resourceOf(consumer.queue).addPropertyOverride(property, value);
    expect(refusal(stack)).toContain(`The function's environment says that its queue's ${told}`);
  });

  test.each([
    ['VISIBILITY_TIMEOUT_SECONDS', 'visibility timeout is a time not known at synthesis'],
    ['QUEUE_RETENTION_SECONDS', 'retention is a time not known at synthesis'],
    ['MAX_RECEIVE_COUNT', 'maxReceiveCount is not known at synthesis'],
  ])('fail synthesis if %s is missing', (variable, told) => {
    const { stack, consumer } = consumerWith();
    (consumer.handler.node.defaultChild as CfnFunction).addPropertyDeletionOverride(
      `Environment.Variables.${variable}`,
    );
    expect(refusal(stack)).toContain(`environment says that its queue's ${told}`);
  });
});

describe('the tolerated outage', () => {
  const outage = (toleratedOutage: Duration) => refusalOf({ retention: Duration.days(1), toleratedOutage });

  test('fails synthesis if a message would be deleted during it', () => {
    expect(outage(Duration.seconds(23 * 3600 + 1))).toContain(
      'An outage of 23 h 1 s is to be tolerated, but a message waits in its queue for at most 23 h: SQS deletes it ' +
        'after 1 d. Raise "retention" or lower "toleratedOutage".',
    );
  });

  test('is accepted up to an hour before the deletion', () => {
    expect(outage(Duration.hours(23))).toBe(accepted);
  });
});

describe('maxReceiveCount', () => {
  test('fails synthesis if SQS would give up before the runtime does', () => {
    const message = refusalOf({ maxReceiveCount: 715 });
    expect(message).toContain('maxReceiveCount is 715, but must be at least 716');
    expect(message).toContain('a batch of 10 x 5 attempts + 666 receives in an outage of 1 d');
    expect(message).toContain('a backoff of up to 5 min and a visibility timeout of 3 min');
  });

  test('fails synthesis if SQS refuses it', () => {
    expect(refusalOf({ maxReceiveCount: 1001 })).toContain('maxReceiveCount is 1001; SQS takes at most 1000');
  });

  test('fails synthesis if the tolerated outage needs more receives than SQS allows', () => {
    const message = refusalOf({ toleratedOutage: Duration.days(3) });
    expect(message).toContain('maxReceiveCount is 1000, but must be at least 1925');
    expect(message).toContain('lower "toleratedOutage"');
  });

  test('allows for one receive per visibility timeout of a function that does not start', () => {
    const short = { timeout: Duration.seconds(10), visibilityTimeout: Duration.minutes(1) };
    expect(refusalOf(short)).toContain('maxReceiveCount is 1000, but must be at least 1490');
  });

  test('stays within the limit of SQS because the default visibility timeout is longer', () => {
    expect(refusalOf({ timeout: Duration.seconds(10) })).toBe(accepted);
    expect(refusalOf({ toleratedOutage: Duration.hours(35) })).toBe(accepted);
  });

  test('fails synthesis if the redrive policy is removed', () => {
    const { stack, consumer } = consumerWith();
    resourceOf(consumer.queue).addPropertyDeletionOverride('RedrivePolicy');
    expect(refusal(stack)).toContain('maxReceiveCount is not known at synthesis');
  });
});

describe('escape hatches', () => {
  const queues = {
    queue: 'queue',
    deadLetterQueue: 'dead-letter queue',
    subscriptionDeadLetterQueue: "subscription's dead-letter queue",
  } as const;
  type QueueName = keyof typeof queues;
  const names = Object.keys(queues) as QueueName[];

  test.each(names)('fail synthesis if the retention of the %s is 15 days', (name) => {
    const { stack, consumer } = consumerWith({ ttl: Duration.days(60) });
    resourceOf(consumer[name]).messageRetentionPeriod = 15 * 24 * 3600;
    expect(refusal(stack)).toContain(
      `The ${queues[name]} keeps messages for 15 d; SQS takes at most 14 d. Lower "`,
    );
  });

  test.each(names.slice(1))('fail synthesis if the %s is not a FIFO queue', (name) => {
    const { stack, consumer } = consumerWith();
    resourceOf(consumer[name]).addPropertyDeletionOverride('FifoQueue');
    expect(refusal(stack)).toContain(`The ${queues[name]} is not a FIFO queue`);
  });

  test('fail synthesis if the subscription gets a filter policy', () => {
    const { stack, consumer } = consumerWith();
    subscriptionOf(consumer).filterPolicy = { type: ['order.placed'] };
    expect(refusal(stack)).toContain('The subscription has a filter policy, {"type":["order.placed"]}');
  });

  test('fail synthesis if the template gets a filter policy', () => {
    const { stack, consumer } = consumerWith();
    subscriptionOf(consumer).addPropertyOverride('FilterPolicy', { type: ['order.placed'] });
    expect(refusal(stack)).toContain('The subscription has a filter policy');
  });

  test('fail synthesis if a larger batch needs more receives', () => {
    const { stack, consumer } = consumerWith({ batchSize: 1, maxReceiveCount: 671 });
    find<CfnEventSourceMapping>(consumer, 'AWS::Lambda::EventSourceMapping').batchSize = 10;
    expect(refusal(stack)).toContain('maxReceiveCount is 671, but must be at least 716');
  });

  test('fail synthesis if the timeout is known only at deployment', () => {
    const { stack, consumer } = consumerWith();
    resourceOf(consumer.queue).addPropertyOverride('VisibilityTimeout', { Ref: 'AWS::NoValue' });
    expect(refusal(stack)).toContain('The visibility timeout is a time not known at synthesis');
  });
});

function resourceOf(queue: Queue): CfnQueue {
  return queue.node.defaultChild as CfnQueue;
}

function subscriptionOf(consumer: IdempotentConsumer): CfnSubscription {
  return find<CfnSubscription>(consumer, 'AWS::SNS::Subscription');
}

function find<Resource>(scope: IConstruct, type: string): Resource {
  return scope.node
    .findAll()
    .find((node) => 'cfnResourceType' in node && node.cfnResourceType === type) as Resource;
}
