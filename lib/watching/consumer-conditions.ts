import { Duration } from 'aws-cdk-lib';
import { type IMetric, MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { ConsumerAlarmName } from './alarm-rows.ts';
import type { MeasuredConsumer } from './consumer-metrics.ts';
import { type AlarmCondition, partOf } from './create-alarm.ts';

/** What the alarms of a consumer watch. */
export interface WatchedConsumer extends MeasuredConsumer {
  readonly queue: Queue;
  readonly deadLetterQueue: Queue;
  readonly subscriptionDeadLetterQueue: Queue;
  readonly handler: LambdaFunction;
}

/** The settings that thresholds depend on. */
export interface WatchedSettings {
  readonly topic: ITopic;
  readonly timeout: Duration;
  readonly retention: Duration;
}

const fiveMinutes = Duration.minutes(5);
const quarterOfAnHour = Duration.minutes(15);
const hour = Duration.hours(1);

/**
 * An event that a healthy system does not apply within this time is worth a look. The backoff of a group reaches five
 * minutes, so one failing dependency alone makes events wait that long.
 */
const longWait = Duration.minutes(15);

/** SQS deletes a message at its retention. With the default of four days, one day is left to act. */
const nearRetention = 0.75;

/** An invocation starts no message that could end after its timeout, so a busy function gets close to it in any case. */
const nearTimeout = 0.9;

/**
 * When each alarm rings, except those of tables and of lost events.
 */
export function consumerConditions(
  consumer: WatchedConsumer,
  { topic, timeout, retention }: WatchedSettings,
): Readonly<Record<Exclude<ConsumerAlarmName, 'TableThrottles' | 'LostEvents'>, AlarmCondition>> {
  const { queue, deadLetterQueue, subscriptionDeadLetterQueue, handler } = consumer;
  return {
    DeadLetters: atLeastOne(visible(deadLetterQueue)),
    UndeliveredEvents: atLeastOne(visible(subscriptionDeadLetterQueue)),
    OldestMessage: {
      metric: oldest(consumer, quarterOfAnHour),
      threshold: Math.min(longWait.toSeconds(), partOf(retention, 1 / 4)),
    },
    // The retries of a message that waits for days can be half an hour apart. Each gives its age.
    NearRetention: { metric: oldest(consumer, hour), threshold: partOf(retention, nearRetention) },
    NothingArrives: { ...atLeastOne(publishedButNotArrived(topic, queue)), periods: 3 },
    // As long as events fail, they are retried within seven minutes.
    CommonFailure: atLeastOne(consumer.metricCommonFailures({ period: quarterOfAnHour })),
    OutcomeUnknown: atLeastOne(consumer.metricOutcomeUnknown()),
    Conflict: atLeastOne(consumer.metricConflicts()),
    OutOfWindow: atLeastOne(consumer.metricOutOfWindow()),
    Fenced: atLeastOne(consumer.metricFenced({ period: quarterOfAnHour })),
    // A blocked message is tried again within half an hour, even with the longest retention. So after an hour without
    // such a try, no message blocks.
    Blocked: atLeastOne(consumer.metricBlocked({ period: hour })),
    // A message that ends its process comes again after each visibility timeout, three minutes by default.
    FunctionErrors: { metric: ofFunction(handler, 'Errors', 'Sum', quarterOfAnHour), threshold: 3 },
    FunctionThrottles: { ...atLeastOne(ofFunction(handler, 'Throttles', 'Sum', fiveMinutes)), periods: 3 },
    FunctionDuration: {
      metric: ofFunction(handler, 'Duration', 'Maximum', fiveMinutes),
      threshold: timeout.toMilliseconds() * nearTimeout,
      periods: 3,
    },
  };
}

function atLeastOne(metric: IMetric): AlarmCondition {
  return { metric, threshold: 1 };
}

function visible(queue: Queue): IMetric {
  return queue.metricApproximateNumberOfMessagesVisible({ statistic: 'Maximum', period: fiveMinutes });
}

/**
 * The age of the oldest message in seconds: the larger of SQS' age and the runtime's `WaitingAge`. SQS leaves out messages
 * that were received several times and not deleted; the runtime sees only messages that it receives.
 *
 * @param suffix Of the ids in the expression, which must be unique in a widget.
 */
export function oldest(consumer: WatchedConsumer, period: Duration, suffix = ''): IMetric {
  const age = `age${suffix}`;
  const waiting = `waiting${suffix}`;
  return new MathExpression({
    expression: `MAX([FILL(${age}, 0), FILL(${waiting}, 0)])`,
    usingMetrics: {
      [age]: consumer.queue.metricApproximateAgeOfOldestMessage({ statistic: 'Maximum', period }),
      [waiting]: consumer.metricWaitingAge({ period }),
    },
    label: consumer.consumerName,
    period,
  });
}

/**
 * 1 for a period in which the topic accepted messages and the queue got none, else 0.
 *
 * SNS drops a repeated message only within five minutes. So even a producer that sends the same event all the time makes
 * a message arrive in every period of 15 minutes.
 */
function publishedButNotArrived(topic: ITopic, queue: Queue): IMetric {
  const period = quarterOfAnHour;
  return new MathExpression({
    expression: 'IF(FILL(published, 0) > 0 AND FILL(arrived, 0) == 0, 1, 0)',
    usingMetrics: {
      published: ofTopic(topic, 'NumberOfMessagesPublished', period),
      arrived: queue.metricNumberOfMessagesSent({ statistic: 'Sum', period }),
    },
    label: 'Published, but nothing arrived',
    period,
  });
}

/** Without account and Region, because CloudWatch alarms see only metrics of their own. */
export function ofTopic(topic: ITopic, metricName: string, period: Duration): Metric {
  return new Metric({
    namespace: 'AWS/SNS',
    metricName,
    dimensionsMap: { TopicName: topic.topicName },
    statistic: 'Sum',
    period,
  });
}

function ofFunction(
  handler: LambdaFunction,
  metricName: string,
  statistic: string,
  period: Duration,
): IMetric {
  return handler.metric(metricName, { statistic, period });
}
