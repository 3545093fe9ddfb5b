import { GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import type { ConsumerDescription } from '../../contract/consumer-description.ts';
import { type MetricName, metricDimensions, metricNamespace } from '../../contract/reporting/metrics.ts';
import { type Aws, partsOfArn } from '../access/connect.ts';

/** What CloudWatch knows of a consumer; `undefined` where it has no data, as on emulators. */
export interface ConsumerMetrics {
  /** Events that were applied, a minute, over the last five minutes. */
  readonly appliedPerMinute: number | undefined;
  /** Seconds: age of the oldest message in the queue. */
  readonly oldestSeconds: number | undefined;
}

const minutes = 5;
const periodSeconds = 60;

/** @param now Milliseconds since the epoch. */
export async function readMetrics(
  { cloudWatch }: Pick<Aws, 'cloudWatch'>,
  stack: string,
  { consumer, queue }: Pick<ConsumerDescription, 'consumer' | 'queue'>,
  now: number,
): Promise<ConsumerMetrics> {
  const applied: MetricName = 'Applied';
  const { MetricDataResults = [] } = await cloudWatch.send(
    new GetMetricDataCommand({
      // CloudWatch gets a metric up to two minutes late.
      StartTime: new Date(now - (minutes + 2) * periodSeconds * 1000),
      EndTime: new Date(now),
      MetricDataQueries: [
        query('applied', 'Sum', metricNamespace, applied, {
          [metricDimensions.service]: stack,
          [metricDimensions.consumer]: consumer,
        }),
        query('oldest', 'Maximum', 'AWS/SQS', 'ApproximateAgeOfOldestMessage', {
          QueueName: partsOfArn(queue).name,
        }),
      ],
    }),
  );
  const valuesOf = (id: string) => MetricDataResults.find(({ Id }) => Id === id)?.Values ?? [];
  const sums = valuesOf('applied');
  // CloudWatch lists the newest value first.
  const [oldestSeconds] = valuesOf('oldest');
  return {
    appliedPerMinute: sums.length === 0 ? undefined : sums.reduce((sum, value) => sum + value, 0) / minutes,
    oldestSeconds,
  };
}

function query(
  Id: string,
  Stat: string,
  Namespace: string,
  MetricName: string,
  dimensions: Readonly<Record<string, string>>,
) {
  const Dimensions = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
  return { Id, MetricStat: { Metric: { Namespace, MetricName, Dimensions }, Period: periodSeconds, Stat } };
}
