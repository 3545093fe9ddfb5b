import type { TemplateStat } from './alarm-template.ts';
import { type Span, statistic } from './evaluate-alarm.ts';
import type { Datapoint } from './metric-data.ts';
import { evaluateMath, type Series } from './metric-math.ts';

/** A graph or a text of a dashboard's body (CloudWatch API Reference, "Dashboard Body Structure and Syntax"). */
export interface Widget {
  readonly type: 'metric' | 'text';
  /** In columns and rows of CloudWatch's grid, which has 24 columns. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly properties: {
    readonly markdown?: string;
    readonly title?: string;
    readonly metrics?: readonly (readonly unknown[])[];
    readonly yAxis?: { readonly left?: { readonly label?: string } };
  };
}

/** A line that a graph shows. */
export interface Line {
  readonly label: string;
  readonly values: Series;
}

/** A metric or an expression of a graph. */
export interface Entry {
  readonly id: string | undefined;
  readonly label: string;
  readonly isVisible: boolean;
  readonly expression?: string;
  readonly stat?: TemplateStat;
}

interface Options {
  readonly id?: string;
  readonly label?: string;
  readonly visible?: boolean;
  readonly expression?: string;
  readonly stat?: string;
  readonly period?: number;
}

/** Seconds, unless a metric says otherwise. */
const defaultPeriod = 300;

/**
 * Reads the widgets of a dashboard's body in a template. A reference to a resource becomes the resource's logical id.
 *
 * @param body Text, or `Fn::Join` of texts and references.
 */
export function widgetsOf(body: unknown): readonly Widget[] {
  const { 'Fn::Join': join } = body as { 'Fn::Join'?: readonly [string, readonly unknown[]] };
  const text = join === undefined ? String(body) : join[1].map(textOf).join(join[0]);
  return JSON.parse(text).widgets;
}

function textOf(part: unknown): string {
  if (typeof part === 'string') return part;
  const { Ref, 'Fn::GetAtt': attribute } = part as { Ref?: string; 'Fn::GetAtt'?: readonly string[] };
  const name = Ref ?? attribute?.[0];
  if (name === undefined) throw new Error(`A part of the dashboard is ${JSON.stringify(part)}`);
  return name;
}

/** The metrics and expressions of a graph. */
export function entriesOf({ properties: { metrics = [] } }: Widget): readonly Entry[] {
  return metrics.map((row) => {
    const last: unknown = row.at(-1);
    const options = (typeof last === 'object' && last !== null ? last : {}) as Options;
    const { id, visible: isVisible = true, expression, stat: Stat = 'Average', period } = options;
    if (expression !== undefined) return { id, label: options.label ?? expression, isVisible, expression };
    const [Namespace = '', MetricName = '', ...names] = row.filter((part) => typeof part === 'string');
    const Dimensions = names.flatMap((Name, index) =>
      index % 2 === 0 ? [{ Name, Value: names[index + 1] }] : [],
    );
    const stat = { Metric: { Namespace, MetricName, Dimensions }, Period: period ?? defaultPeriod, Stat };
    return { id, label: options.label ?? MetricName, isVisible, stat };
  });
}

/** The lines of a graph with their values in each period of the span. */
export function linesOf(widget: Widget, data: readonly Datapoint[], span: Span): readonly Line[] {
  const entries = entriesOf(widget);
  const periods =
    Math.ceil(span.to / (defaultPeriod * 1000)) - Math.floor(span.from / (defaultPeriod * 1000));
  const variables: Record<string, Series> = {};
  for (const { id, stat } of entries) {
    if (id !== undefined && stat !== undefined) variables[id] = statistic(stat, data, span);
  }
  return entries
    .filter(({ isVisible }) => isVisible)
    .map(({ label, stat, expression = '' }) => ({
      label,
      values:
        stat === undefined
          ? evaluateMath(expression, variables, periods, { fillsEmpty: true })
          : statistic(stat, data, span),
    }));
}
