import { dimensionsOf, queriesOf, type TemplateAlarm, type TemplateStat } from './alarm-template.ts';
import type { Datapoint } from './metric-data.ts';
import { evaluateMath, type MathOptions, type Series } from './metric-math.ts';

export type AlarmState = 'OK' | 'ALARM';

export interface Span {
  /** Milliseconds since the epoch. */
  readonly from: number;
  readonly to: number;
}

/**
 * The states of an alarm of a template at the end of each period, as CloudWatch evaluates it ("Evaluating an alarm" and
 * "Configuring how CloudWatch alarms treat missing data" in the CloudWatch User Guide).
 *
 * CloudWatch may also look at data before the latest periods if some of it is missing. This evaluation does not, so it never
 * rings later than CloudWatch for data that is complete.
 *
 * @throws Error for settings that the templates do not use.
 */
export function evaluateAlarm(
  alarm: TemplateAlarm,
  data: readonly Datapoint[],
  span: Span,
  options: MathOptions,
): AlarmState[] {
  const { Threshold, EvaluationPeriods: latest, DatapointsToAlarm: least = latest } = alarm;
  if (
    alarm.ComparisonOperator !== 'GreaterThanOrEqualToThreshold' ||
    alarm.TreatMissingData !== 'notBreaching'
  ) {
    throw new Error(`Cannot evaluate ${alarm.ComparisonOperator} with ${alarm.TreatMissingData}`);
  }
  const breaches = seriesOf(alarm, data, span, options).map(
    (value) => value !== undefined && value >= Threshold,
  );
  return breaches.map((_, index) => {
    const counted = breaches.slice(Math.max(0, index + 1 - latest), index + 1);
    return counted.filter(Boolean).length >= least ? 'ALARM' : 'OK';
  });
}

/** The values that an alarm compares with its threshold. */
function seriesOf(
  alarm: TemplateAlarm,
  data: readonly Datapoint[],
  span: Span,
  options: MathOptions,
): Series {
  const queries = queriesOf(alarm);
  const [period, ...others] = new Set(
    queries.flatMap(({ MetricStat }) => (MetricStat === undefined ? [] : [MetricStat.Period])),
  );
  if (period === undefined || others.length > 0) throw new Error('The metrics of an alarm need one period');
  const variables: Record<string, Series> = {};
  for (const { Id, MetricStat } of queries) {
    if (MetricStat !== undefined) variables[Id] = statistic(MetricStat, data, span);
  }
  const [returned, ...more] = queries.filter(({ ReturnData = true }) => ReturnData);
  if (returned === undefined || more.length > 0) throw new Error('An alarm has to return one series');
  const { Id, Expression } = returned;
  const periods = Object.values(variables)[0]?.length ?? 0;
  return Expression === undefined
    ? (variables[Id] as Series)
    : evaluateMath(Expression, variables, periods, options);
}

const statistics: Readonly<Record<string, (values: readonly number[]) => number>> = {
  Sum: (values) => values.reduce((sum, value) => sum + value, 0),
  Maximum: (values) => Math.max(...values),
  Average: (values) => values.reduce((sum, value) => sum + value, 0) / values.length,
};

/** The statistic of a metric for each period of the span. Periods start at multiples of their length. */
export function statistic(
  { Metric, Period, Stat }: TemplateStat,
  data: readonly Datapoint[],
  span: Span,
): Series {
  const ofValues = statistics[Stat];
  if (ofValues === undefined) throw new Error(`Cannot compute the statistic "${Stat}"`);
  const wanted = keyOf(Metric.Namespace, Metric.MetricName, dimensionsOf(Metric));
  const ms = Period * 1000;
  const first = Math.floor(span.from / ms);
  const periods: number[][] = Array.from({ length: Math.ceil(span.to / ms) - first }, () => []);
  for (const { namespace, name, dimensions, at, values } of data) {
    if (keyOf(namespace, name, dimensions) !== wanted) continue;
    periods[Math.floor(at / ms) - first]?.push(...values);
  }
  return periods.map((values) => (values.length === 0 ? undefined : ofValues(values)));
}

function keyOf(namespace: string, name: string, dimensions: Readonly<Record<string, string>>): string {
  return JSON.stringify([namespace, name, Object.entries(dimensions).sort()]);
}
