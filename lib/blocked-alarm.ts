import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { FilterPattern, type ILogGroup, MetricFilter } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { deliveryLogMessage } from '../contract/reporting/delivery-log.ts';
import { metricNamespace } from '../contract/reporting/metrics.ts';
import { type Outcome, outcomes } from '../contract/reporting/outcomes.ts';

const outcome: Outcome = 'blocked';

/**
 * An alarm that is in ALARM while a message of the function blocks its group. By the default `maxReceiveCount` a blocked
 * message is tried again within half an hour, even of the longest retention: after an hour without one, none is left.
 *
 * It counts the function's log lines, because the metric `Blocked` is by consumer's name alone, and another stack of the
 * account may have a consumer of the same name.
 */
export function blockedAlarm(scope: Construct, logGroup: ILogGroup, functionName: string): Alarm {
  const filter = new MetricFilter(scope, 'BlockedFilter', {
    logGroup,
    filterPattern: FilterPattern.all(
      FilterPattern.stringValue('$.message', '=', deliveryLogMessage),
      FilterPattern.stringValue('$.outcome', '=', outcome),
    ),
    metricNamespace,
    metricName: `${outcomes[outcome].metric} ${functionName}`,
  });
  return new Alarm(scope, 'BlockedAlarm', {
    alarmDescription:
      `A message of ${functionName} blocks its group: deploy a fix, or skip it (docs/failure-modes.md, ` +
      '"A group is blocked").',
    metric: filter.metric({ statistic: 'Sum', period: Duration.hours(1) }),
    comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    threshold: 1,
    evaluationPeriods: 1,
    treatMissingData: TreatMissingData.NOT_BREACHING,
  });
}
