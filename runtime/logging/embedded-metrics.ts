import {
  type MetricName,
  metricDimensions,
  metricNamespace,
  metrics,
} from '../../contract/reporting/metrics.ts';

/** The values of the dimensions: see `metricDimensions`. */
export interface MetricSource {
  readonly service: string | undefined;
  readonly consumer: string;
}

/**
 * One line of metrics in CloudWatch's embedded metric format (CloudWatch User Guide, "Specification: Embedded metric
 * format").
 *
 * @param values For each metric one value, or up to 100 values, which is the limit of the format. A batch has at most ten
 *   messages.
 * @param timestamp Milliseconds since the epoch.
 */
export function embeddedMetrics(
  { service, consumer }: MetricSource,
  values: ReadonlyMap<MetricName, number | readonly number[]>,
  timestamp: number,
): string {
  const dimensions = {
    ...(service !== undefined && { [metricDimensions.service]: service }),
    [metricDimensions.consumer]: consumer,
  };
  return JSON.stringify({
    _aws: {
      Timestamp: timestamp,
      CloudWatchMetrics: [
        {
          Namespace: metricNamespace,
          Dimensions: [Object.keys(dimensions)],
          Metrics: [...values.keys()].map((Name) => ({ Name, Unit: metrics[Name].unit })),
        },
      ],
    },
    ...dimensions,
    ...Object.fromEntries(values),
  });
}
