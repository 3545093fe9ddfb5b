import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { FilterPattern, MetricFilter } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { deliveryLogMessage } from '../contract/reporting/delivery-log.ts';
import { metricNamespace } from '../contract/reporting/metrics.ts';
import { type Outcome, outcomes } from '../contract/reporting/outcomes.ts';

const outcome: Outcome = 'blocked';

/**
 * Creates an alarm that is in ALARM while a message of the function blocks its group. With the default
 * `maxReceiveCount` a blocked message is tried again within half an hour, even with the longest retention. So after an
 * hour without such a try, no message blocks.
 *
 * The alarm counts the function's log lines. The metric `Blocked` cannot be used, because its only dimension is the
 * consumer's name, and another stack of the account can have a consumer of that name.
 */
export function blockedAlarm(scope: Construct, { logGroup, functionName }: LambdaFunction): Alarm {
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
