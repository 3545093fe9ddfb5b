import { Duration, Stack, Token } from 'aws-cdk-lib';
import { type Alarm, type IMetric, MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { alarmsContext } from '../../contract/reporting/alarms-context.ts';
import { type ConsumerAlarmName, consumerAlarms } from './alarm-rows.ts';
import { allowAlarms } from './alarm-topic.ts';
import {
  consumerConditions,
  ofTopic,
  type WatchedConsumer,
  type WatchedSettings,
} from './consumer-conditions.ts';
import { type AlarmCondition, type AlarmTargets, createAlarm } from './create-alarm.ts';

/** The alarms of a consumer by their names. An alarm that the consumer does not need is missing. */
export type ConsumerAlarms = Readonly<Partial<Record<ConsumerAlarmName, Alarm>>>;

export interface WatchProps extends WatchedSettings, AlarmTargets {
  /** Names of the tables that the consumer writes to. */
  readonly tableNames: readonly string[];
  /** Whether poison blocks its group. */
  readonly blocks: boolean;
}

/** Whether the app has alarms. `order-once local` deploys it without them. */
export function hasAlarms(scope: Construct): boolean {
  return String(scope.node.tryGetContext(alarmsContext)) !== 'false';
}

/**
 * Creates the alarms of a consumer, each with a link to its section of the runbook.
 *
 * @throws ConfigurationError for an `alarmTopic` to which CloudWatch cannot publish.
 */
export function watchConsumer(consumer: WatchedConsumer, props: WatchProps): ConsumerAlarms {
  const { topic, tableNames, blocks, alarmTopic } = props;
  if (alarmTopic !== undefined) allowAlarms(consumer, alarmTopic);
  const { Blocked, NothingArrives, ...conditions } = consumerConditions(consumer, props);
  const seesTopic = isHere(topic, consumer);
  const [TableThrottles, ...furtherThrottles] = tableThrottles(tableNames);
  const all: Partial<Record<ConsumerAlarmName, AlarmCondition | undefined>> = {
    ...conditions,
    ...(blocks && { Blocked }),
    ...(seesTopic && { NothingArrives }),
    ...(seesTopic && isFirstOf(topic, consumer) && { LostEvents: lostEvents(topic) }),
    TableThrottles,
  };
  const scope = new Construct(consumer, 'Alarms');
  const create = (name: ConsumerAlarmName, condition: AlarmCondition, id: string = name) => {
    const alarm = { name, subject: `Consumer "${consumer.consumerName}"`, ...consumerAlarms[name] };
    return createAlarm(scope, id, { ...alarm, ...condition }, props);
  };
  for (const [index, condition] of furtherThrottles.entries()) {
    create('TableThrottles', condition, `TableThrottles${index + 2}`);
  }
  const alarms = Object.entries(all) as [ConsumerAlarmName, AlarmCondition][];
  return Object.fromEntries(alarms.map(([name, condition]) => [name, create(name, condition)]));
}

/** For each stack: the topics whose lost events have an alarm. SNS counts them by topic, not by subscription. */
const watchedTopics = new WeakMap<Stack, Set<ITopic>>();

function isFirstOf(topic: ITopic, consumer: Construct): boolean {
  const stack = Stack.of(consumer);
  const watched = watchedTopics.get(stack) ?? new Set();
  watchedTopics.set(stack, watched);
  if (watched.has(topic)) return false;
  watched.add(topic);
  return true;
}

function lostEvents(topic: ITopic): AlarmCondition {
  const metric = ofTopic(topic, 'NumberOfNotificationsFailedToRedriveToDlq', Duration.minutes(5));
  return { metric, threshold: 1 };
}

/** Whether the topic's metrics are in the account and the Region of the alarms, as far as they are known. */
function isHere({ env }: ITopic, consumer: Construct): boolean {
  const { account, region } = Stack.of(consumer);
  const isSame = (one: string, other: string) =>
    one === other || Token.isUnresolved(one) || Token.isUnresolved(other);
  return isSame(env.account, account) && isSame(env.region, region);
}

/** Maximum number of metrics in one alarm (CloudWatch User Guide, "CloudWatch service quotas"). */
const mostMetrics = 10;

/**
 * The sum of each ten tables. A short throttling passes, because the runtime tries again; three periods of it do not.
 */
function tableThrottles(tableNames: readonly string[]): AlarmCondition[] {
  const period = Duration.minutes(5);
  const metrics = tableNames.map(
    (tableName) =>
      new Metric({
        namespace: 'AWS/DynamoDB',
        metricName: 'WriteThrottleEvents',
        dimensionsMap: { TableName: tableName },
        statistic: 'Sum',
        period,
      }),
  );
  const conditions: AlarmCondition[] = [];
  for (let start = 0; start < metrics.length; start += mostMetrics) {
    const some = metrics.slice(start, start + mostMetrics);
    conditions.push({ metric: sumOf(some, period), threshold: 1, periods: 3 });
  }
  return conditions;
}

function sumOf(metrics: readonly Metric[], period: Duration): IMetric {
  const [only, ...others] = metrics;
  if (only !== undefined && others.length === 0) return only;
  const usingMetrics = Object.fromEntries(metrics.map((metric, index) => [`table${index}`, metric]));
  const filled = Object.keys(usingMetrics).map((id) => `FILL(${id}, 0)`);
  return new MathExpression({
    expression: `SUM([${filled.join(', ')}])`,
    usingMetrics,
    label: 'Throttled writes',
    period,
  });
}
