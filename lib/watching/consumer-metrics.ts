import { Duration } from 'aws-cdk-lib';
import { Metric, type MetricOptions, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import {
  type MetricName,
  metricDimensions,
  metricNamespace,
  metrics,
} from '../../contract/reporting/metrics.ts';
import { outermostStack } from '../names.ts';

/**
 * The CloudWatch metrics that a consumer's function writes. Each method takes the options of CDK's own `metric` methods.
 * Counts are sums, the age is the highest one, and the period is five minutes, unless the options say otherwise.
 *
 * @example
 * ```ts
 * new Alarm(this, 'ManyDuplicates', {
 *   metric: consumer.metricDuplicates({ period: Duration.hours(1) }),
 *   threshold: 10_000,
 *   evaluationPeriods: 1,
 * });
 * ```
 */
export abstract class MeasuredConsumer extends Construct {
  /** The consumer's name, which is part of the key of each record. */
  abstract readonly consumerName: string;

  /** A metric by its name. docs/outcomes.md lists them. */
  metric(metricName: MetricName, options?: MetricOptions): Metric {
    return new Metric({
      namespace: metricNamespace,
      metricName,
      dimensionsMap: {
        [metricDimensions.service]: outermostStack(this).stackName,
        [metricDimensions.consumer]: this.consumerName,
      },
      statistic: metrics[metricName].unit === 'Count' ? Stats.SUM : Stats.MAXIMUM,
      period: Duration.minutes(5),
      ...options,
    }).attachTo(this);
  }

  /** Deliveries that applied their event. */
  metricApplied(options?: MetricOptions): Metric {
    return this.metric('Applied', options);
  }

  /** Deliveries that applied their event without its stale effects. They also count as applied. */
  metricStale(options?: MetricOptions): Metric {
    return this.metric('Stale', options);
  }

  /** Deliveries of an event that was applied before. Messages that the broker drops are not in it. */
  metricDuplicates(options?: MetricOptions): Metric {
    return this.metric('Duplicate', options);
  }

  /** Deliveries of an event whose type the consumer ignores. */
  metricIgnored(options?: MetricOptions): Metric {
    return this.metric('Ignored', options);
  }

  /** Deliveries of an id that arrived before with other content. */
  metricConflicts(options?: MetricOptions): Metric {
    return this.metric('Conflict', options);
  }

  /** Deliveries of an event that the consumer gave up. */
  metricPoison(options?: MetricOptions): Metric {
    return this.metric('Poison', options);
  }

  /** Deliveries of an event that is older than records are kept. */
  metricOutOfWindow(options?: MetricOptions): Metric {
    return this.metric('OutOfWindow', options);
  }

  /** Deliveries after which nobody knows whether the effect happened. */
  metricOutcomeUnknown(options?: MetricOptions): Metric {
    return this.metric('OutcomeUnknown', options);
  }

  /** Deliveries that waited for the lease of another delivery. */
  metricLeased(options?: MetricOptions): Metric {
    return this.metric('Leased', options);
  }

  /** Deliveries that lost their lease to another delivery. */
  metricFenced(options?: MetricOptions): Metric {
    return this.metric('Fenced', options);
  }

  /** Deliveries that failed with a temporary error. */
  metricFailed(options?: MetricOptions): Metric {
    return this.metric('Failed', options);
  }

  /** Deliveries that failed with the error of every event. They also count as failed. */
  metricCommonFailures(options?: MetricOptions): Metric {
    return this.metric('CommonFailure', options);
  }

  /** Deliveries of an event that blocks its group. */
  metricBlocked(options?: MetricOptions): Metric {
    return this.metric('Blocked', options);
  }

  /** For each delivery whose message stays: how long the message has been in its queue, in seconds. */
  metricWaitingAge(options?: MetricOptions): Metric {
    return this.metric('WaitingAge', options);
  }
}
