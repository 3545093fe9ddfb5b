import { Duration } from 'aws-cdk-lib';
import { Dashboard, GraphWidget, type IMetric, MathExpression, TextWidget } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { ConfigurationError } from '../../contract/errors.ts';
import type { IdempotentConsumer } from '../idempotent-consumer.ts';
import { outermostStack } from '../names.ts';
import { ofTopic, oldest } from './consumer-conditions.ts';
import { dollarsPerMillion } from './dollars-per-million.ts';

export interface ConsumersDashboardProps {
  /** The consumers to show, in this order; at least one. */
  readonly consumers: readonly IdempotentConsumer[];

  /** Name of the dashboard. @default - a name of CloudFormation's */
  readonly dashboardName?: string;
}

const period = Duration.minutes(5);

/** CloudWatch's grid has 24 columns. */
const columns = 3;
const size = { width: 24 / columns, height: 6 } as const;

/**
 * One CloudWatch dashboard for the consumers of a stack: what was published, arrived, applied, sent twice, waits, was given
 * up or is unknown, how long it took, and what it cost.
 *
 * @example
 * ```ts
 * new ConsumersDashboard(this, 'Dashboard', { consumers: [bookings, mails] });
 * ```
 */
export class ConsumersDashboard extends Construct {
  readonly dashboard: Dashboard;

  /** @throws ConfigurationError without a consumer. */
  constructor(scope: Construct, id: string, { consumers, dashboardName }: ConsumersDashboardProps) {
    super(scope, id);
    if (consumers.length === 0) {
      throw new ConfigurationError(
        'consumers is empty; a dashboard needs at least one. Leave the dashboard out.',
      );
    }
    this.dashboard = new Dashboard(this, 'Dashboard', {
      ...(dashboardName === undefined ? {} : { dashboardName }),
      defaultInterval: Duration.hours(3),
    });
    const title = new TextWidget({
      width: 24,
      height: 2,
      markdown: introduction(outermostStack(this).stackName),
    });
    this.dashboard.addWidgets(title);
    const graphs = graphsOf(consumers);
    for (let start = 0; start < graphs.length; start += columns) {
      this.dashboard.addWidgets(...graphs.slice(start, start + columns));
    }
  }
}

function introduction(stackName: string): string {
  return (
    `# ${stackName}\n` +
    'Counts are per 5 minutes. What to do about each alarm: docs/runbook.md. Prices are those of us-east-1.'
  );
}

/** For each consumer one line, with its name. */
type LineOf = (consumer: IdempotentConsumer, index: number) => IMetric;

function graphsOf(consumers: readonly IdempotentConsumer[]): GraphWidget[] {
  const graph = (title: string, lineOf: LineOf, unit = 'events') => lines(title, consumers.map(lineOf), unit);
  const topics = [...new Set(consumers.map(({ topic }) => topic))];
  const dead = (consumer: IdempotentConsumer, index: number) =>
    sum(`dead${index}`, consumer.consumerName, [
      visible(consumer.deadLetterQueue),
      visible(consumer.subscriptionDeadLetterQueue),
    ]);
  return [
    lines(
      'Published to the topic',
      topics.map((topic) =>
        ofTopic(topic, 'NumberOfMessagesPublished', period).with({ label: topic.node.id }),
      ),
    ),
    graph('Delivered to the queue', ({ queue, consumerName: label }) =>
      queue.metricNumberOfMessagesSent({ statistic: 'Sum', period, label }),
    ),
    graph('Applied', (consumer, index) => filled(`applied${index}`, consumer, consumer.metricApplied())),
    graph('Duplicates dropped by the broker (approximate)', droppedByBroker),
    graph('Duplicates found by the record', (consumer, index) =>
      filled(`duplicates${index}`, consumer, consumer.metricDuplicates()),
    ),
    graph('Deliveries that wait', (consumer, index) =>
      sum(`wait${index}`, consumer.consumerName, [
        consumer.metricFailed(),
        consumer.metricLeased(),
        consumer.metricFenced(),
        consumer.metricBlocked(),
      ]),
    ),
    graph(
      'Age of the oldest message',
      (consumer, index) => oldest(consumer, period, String(index)),
      'seconds',
    ),
    graph('In the dead-letter queues', dead, 'messages'),
    graph('Outcome unknown', (consumer, index) =>
      filled(`unknown${index}`, consumer, consumer.metricOutcomeUnknown()),
    ),
    graph(
      'Longest invocation',
      ({ handler, consumerName: label }) => handler.metricDuration({ statistic: 'Maximum', period, label }),
      'milliseconds',
    ),
    graph(
      'Errors and throttles of the function',
      ({ handler, consumerName }, index) =>
        sum(`trouble${index}`, consumerName, [
          handler.metricErrors({ statistic: 'Sum', period }),
          handler.metricThrottles({ statistic: 'Sum', period }),
        ]),
      'invocations',
    ),
    lines('Cost of a million published events (estimate)', [dollarsPerMillion(consumers, period)], 'dollars'),
  ];
}

function lines(title: string, left: readonly IMetric[], label = 'events'): GraphWidget {
  return new GraphWidget({ ...size, title, left: [...left], leftYAxis: { label, min: 0, showUnits: false } });
}

/**
 * Messages that the topic accepted and that did not arrive. It is approximate, because a message may be published in one
 * period and arrive in the next one, and because a lost subscription looks the same.
 */
function droppedByBroker({ topic, queue, consumerName: label }: IdempotentConsumer, index: number): IMetric {
  const published = `published${index}`;
  const arrived = `arrived${index}`;
  return new MathExpression({
    expression: `IF(FILL(${published}, 0) > FILL(${arrived}, 0), FILL(${published}, 0) - FILL(${arrived}, 0), 0)`,
    usingMetrics: {
      [published]: ofTopic(topic, 'NumberOfMessagesPublished', period),
      [arrived]: queue.metricNumberOfMessagesSent({ statistic: 'Sum', period }),
    },
    label,
    period,
  });
}

function visible(queue: IdempotentConsumer['queue']): IMetric {
  return queue.metricApproximateNumberOfMessagesVisible({ statistic: 'Maximum', period });
}

/** A count that is 0 where nothing is written. CloudWatch would connect the points before and after such a time. */
function filled(id: string, { consumerName }: IdempotentConsumer, metric: IMetric): IMetric {
  return sum(id, consumerName, [metric]);
}

/** @param id Prefix of the ids, which must be unique in a widget. */
function sum(id: string, label: string, metrics: readonly IMetric[]): IMetric {
  const usingMetrics = Object.fromEntries(metrics.map((metric, index) => [`${id}x${index}`, metric]));
  const filled = Object.keys(usingMetrics).map((name) => `FILL(${name}, 0)`);
  return new MathExpression({ expression: `SUM([${filled.join(', ')}])`, usingMetrics, label, period });
}
