import type { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import type { AlarmRow } from './alarm-rows.ts';

/** Where alarms report to, and where their texts link to. */
export interface AlarmTargets {
  /** Gets a message when an alarm rings, and one when it ends. @default - the alarms have no actions */
  readonly alarmTopic?: ITopic | undefined;
  /** Address of the runbook. @default docs/runbook.md */
  readonly runbook?: string | undefined;
}

/** When an alarm rings. Missing data never makes it ring, because an idle queue and an idle function have no metrics. */
export interface AlarmCondition {
  /** Carries statistic and period. */
  readonly metric: IMetric;
  /** The alarm rings at this value and above. */
  readonly threshold: number;
  /** Number of the latest periods that count. @default 1 */
  readonly periods?: number;
  /** Number of those periods that must reach the threshold. @default - all */
  readonly least?: number;
}

export interface AlarmProps extends AlarmRow, AlarmCondition {
  /** The section of the runbook. */
  readonly name: string;
  /** What the alarm watches, for example `Consumer "bookings"`. */
  readonly subject: string;
}

/** Creates an alarm whose description says what happened, and links to its section of the runbook. */
export function createAlarm(
  scope: Construct,
  id: string,
  { name, subject, severity, meaning, metric, threshold, periods = 1, least = periods }: AlarmProps,
  { alarmTopic, runbook = 'docs/runbook.md' }: AlarmTargets,
): Alarm {
  const urgency = severity === 'critical' ? 'Critical. ' : '';
  const alarm = new Alarm(scope, id, {
    alarmDescription: `${urgency}${subject}: ${meaning} What to do: ${runbook}#${anchorOf(name)}`,
    metric,
    threshold,
    comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    evaluationPeriods: periods,
    datapointsToAlarm: least,
    treatMissingData: TreatMissingData.NOT_BREACHING,
  });
  if (alarmTopic !== undefined) {
    const action = new SnsAction(alarmTopic);
    alarm.addAlarmAction(action);
    alarm.addOkAction(action);
  }
  return alarm;
}

/** The anchor of an alarm's section in the runbook: `DeadLetters` gives `deadletters`, as GitHub makes it. */
function anchorOf(name: string): string {
  return name.toLowerCase();
}

/** A part of a duration in seconds, rounded down to whole seconds, but at least one. */
export function partOf(duration: Duration, part: number): number {
  return Math.max(1, Math.floor(duration.toSeconds() * part));
}
