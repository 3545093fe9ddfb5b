import type { Duration } from 'aws-cdk-lib';
import { type IMetric, MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { IdempotentConsumer } from '../idempotent-consumer.ts';
import { renderedProperties } from '../rendered-properties.ts';
import { ofTopic } from './consumer-conditions.ts';
import { eventPrices as prices } from './prices.ts';

/** Memory of a function in MiB, if the template does not say it. */
const lambdasDefault = 128;

/**
 * What the stack costs for a million published events, over all consumers: DynamoDB's write units, the function's time,
 * and the requests of topic and queues. Storage, logs, alarms and polls of empty queues are left out. Tables that a
 * handler writes to by itself, and not by effects, are left out too.
 */
export function dollarsPerMillion(consumers: readonly IdempotentConsumer[], period: Duration): IMetric {
  const usingMetrics: Record<string, IMetric> = {};
  const terms: string[] = [];
  const add = (id: string, metric: IMetric, dollars: number) => {
    usingMetrics[id] = metric;
    terms.push(`FILL(${id}, 0) * ${dollars * 1e6}`);
  };
  const topics = [...new Set(consumers.map(({ topic }) => topic))];
  const publications = topics.map((topic, index) => {
    const id = `topic${index}`;
    add(id, ofTopic(topic, 'NumberOfMessagesPublished', period), prices.fifoPublish);
    return `FILL(${id}, 0)`;
  });
  const tables = [...new Set(consumers.flatMap(({ tableNames }) => tableNames))];
  for (const [index, tableName] of tables.entries()) {
    add(`table${index}`, writeUnits(tableName, period), prices.writeUnit);
  }
  for (const [index, { queue, handler }] of consumers.entries()) {
    const statistic = { statistic: 'Sum', period };
    // Each message costs one request to put it into the queue; each batch one to receive and one to delete it.
    const arrival = prices.fifoSubscriptionMessage + prices.fifoQueueRequest;
    add(`arrived${index}`, queue.metricNumberOfMessagesSent(statistic), arrival);
    add(
      `batches${index}`,
      handler.metricInvocations(statistic),
      prices.invocation + 2 * prices.fifoQueueRequest,
    );
    const { MemorySize = lambdasDefault } = renderedProperties(handler);
    add(`ms${index}`, handler.metricDuration(statistic), (prices.gigabyteSecond * MemorySize) / 1024 / 1000);
  }
  return new MathExpression({
    expression: `(${terms.join(' + ')}) / (${publications.join(' + ')})`,
    usingMetrics,
    label: 'all consumers',
    period,
  });
}

function writeUnits(tableName: string, period: Duration): Metric {
  return new Metric({
    namespace: 'AWS/DynamoDB',
    metricName: 'ConsumedWriteCapacityUnits',
    dimensionsMap: { TableName: tableName },
    statistic: 'Sum',
    period,
  });
}
