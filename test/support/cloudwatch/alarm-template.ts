/** A metric of a template, as in an alarm's `Metrics`, or in the alarm itself. */
export interface TemplateMetric {
  readonly Namespace: string;
  readonly MetricName: string;
  readonly Dimensions?: readonly { readonly Name: string; readonly Value: unknown }[];
}

export interface TemplateStat {
  readonly Metric: TemplateMetric;
  /** Seconds. */
  readonly Period: number;
  readonly Stat: string;
}

/** One metric or one expression of an alarm. */
export interface TemplateQuery {
  readonly Id: string;
  readonly Expression?: string;
  readonly MetricStat?: TemplateStat;
  /** @default true */
  readonly ReturnData?: boolean;
  readonly Period?: number;
}

/** The properties of an `AWS::CloudWatch::Alarm`. */
export interface TemplateAlarm extends Partial<TemplateMetric> {
  readonly AlarmDescription?: string;
  readonly AlarmActions?: readonly unknown[];
  readonly OKActions?: readonly unknown[];
  readonly Statistic?: string;
  readonly Period?: number;
  readonly Metrics?: readonly TemplateQuery[];
  readonly ComparisonOperator: string;
  readonly Threshold: number;
  readonly EvaluationPeriods: number;
  readonly DatapointsToAlarm?: number;
  readonly TreatMissingData?: string;
}

/** The metrics that an alarm evaluates, with the expressions over them. */
export function queriesOf(alarm: TemplateAlarm): readonly TemplateQuery[] {
  if (alarm.Metrics !== undefined) return alarm.Metrics;
  const { Namespace = '', MetricName = '', Dimensions = [], Period = 60, Statistic = '' } = alarm;
  return [
    { Id: 'only', MetricStat: { Metric: { Namespace, MetricName, Dimensions }, Period, Stat: Statistic } },
  ];
}

/** The AWS and custom metrics of an alarm. */
export function statsOf(alarm: TemplateAlarm): readonly TemplateStat[] {
  return queriesOf(alarm).flatMap(({ MetricStat }) => (MetricStat === undefined ? [] : [MetricStat]));
}

/** The dimensions of a metric, by name. A reference to a resource becomes the resource's logical id. */
export function dimensionsOf({ Dimensions = [] }: TemplateMetric): Readonly<Record<string, string>> {
  return Object.fromEntries(Dimensions.map(({ Name, Value }) => [Name, nameOf(Value)]));
}

function nameOf(value: unknown): string {
  if (typeof value === 'string') return value;
  const { Ref, 'Fn::GetAtt': attribute } = value as { Ref?: string; 'Fn::GetAtt'?: readonly string[] };
  const name = Ref ?? attribute?.[0];
  if (name === undefined) throw new Error(`A dimension is ${JSON.stringify(value)}`);
  return name;
}
