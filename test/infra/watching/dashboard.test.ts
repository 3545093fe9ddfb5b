import { metricNamespace, metrics } from '../../../contract/reporting/metrics.ts';
import { ConsumersDashboard, type IdempotentConsumer } from '../../../lib/index.ts';
import { type DashboardRun, dashboardRun } from '../../dashboard/run.ts';
import { entriesOf, type Line, linesOf, type Widget, widgetsOf } from '../../support/cloudwatch/dashboard.ts';
import { everyConsumer, forDevelopment, orderOnceStack, resource, resources, shop } from '../support.ts';
import { awsMetrics } from './aws-metrics.ts';

let widgets: readonly Widget[];
let run: DashboardRun;
beforeAll(async () => {
  const stack = orderOnceStack(everyConsumer);
  const consumers = ['Fulfilment', 'Billing', 'Notifications'].map((id) => stack.node.findChild(id));
  widgets = widgetsOf(resource(stack, 'AWS::CloudWatch::Dashboard').Properties.DashboardBody);
  run = await dashboardRun(stack, consumers as IdempotentConsumer[]);
});

/** The lines of the graph with this title. */
function lines(title: string): readonly Line[] {
  const widget = widgets.find(({ properties }) => properties.title === title);
  if (widget === undefined) throw new Error(`There is no graph "${title}"`);
  return linesOf(widget, run.data, run.span);
}

function total({ values }: Line): number {
  return values.reduce<number>((sum, value) => sum + (value ?? 0), 0);
}

test('the stack has one dashboard, with one line per consumer in each graph', () => {
  const graphs = widgets.filter(({ type }) => type === 'metric');
  expect(graphs).toHaveLength(12);
  for (const { properties } of graphs) {
    const labels = lines(properties.title ?? '').map(({ label }) => label);
    const expected = {
      'Published to the topic': ['OrderEvents'],
      'Cost of a million published events (estimate)': ['all consumers'],
    }[properties.title ?? ''];
    expect([properties.title, labels]).toEqual([
      properties.title,
      expected ?? ['fulfilment', 'billing', 'notifications'],
    ]);
  }
});

test('every metric of the dashboard is written by the runtime or by AWS, with these dimensions', () => {
  for (const { stat } of widgets.flatMap(entriesOf)) {
    if (stat === undefined) continue;
    const { Namespace, MetricName, Dimensions = [] } = stat.Metric;
    const dimensions = Dimensions.map(({ Name }) => Name);
    if (Namespace === metricNamespace) {
      expect(Object.keys(metrics)).toContain(MetricName);
      expect(dimensions).toEqual(['Consumer', 'Service']);
    } else {
      expect([MetricName, awsMetrics[Namespace]?.[MetricName]?.dimensions]).toEqual([MetricName, dimensions]);
    }
  }
});

test('no two widgets of the dashboard overlap, and all fit its 24 columns', () => {
  for (const one of widgets) {
    expect(one.x + one.width).toBeLessThanOrEqual(24);
    for (const other of widgets) {
      const apart =
        one === other ||
        one.x + one.width <= other.x ||
        other.x + other.width <= one.x ||
        one.y + one.height <= other.y ||
        other.y + other.height <= one.y;
      expect(apart).toBe(true);
    }
  }
});

test('the dashboard tells repeats that the broker dropped from those that the record found', () => {
  const [dropped] = lines('Duplicates dropped by the broker (approximate)');
  const [found] = lines('Duplicates found by the record');
  // Every second minute of three hours one repeat at once, and every third minute a late one.
  expect(dropped && total(dropped)).toBe(90);
  expect(found && total(found)).toBeGreaterThan(45);
  expect(found && total(found)).toBeLessThanOrEqual(60);
});

test('the dashboard shows an outage at the consumer that has it: nothing applied, deliveries that wait, a growing age', () => {
  const [fulfilment, , notifications] = lines('Applied');
  const during = 15;
  expect(fulfilment?.values[during]).toBeGreaterThan(10);
  expect(notifications?.values[during]).toBe(0);
  const [quiet, , waiting] = lines('Deliveries that wait');
  expect([quiet?.values[during], waiting?.values[during]]).toEqual([0, expect.any(Number)]);
  expect(waiting?.values[during]).toBeGreaterThan(50);
  const [young, , old] = lines('Age of the oldest message');
  expect(young?.values[during]).toBe(0);
  expect(old?.values[during]).toBeGreaterThanOrEqual(900);
});

test('the dashboard estimates the cost of a million events from what the stack used', () => {
  const [cost] = lines('Cost of a million published events (estimate)');
  expect(cost?.values[3]).toBeGreaterThan(5);
  expect(cost?.values[3]).toBeLessThan(30);
});

test('a stack for development has no dashboard, and a dashboard needs a consumer', () => {
  const development = orderOnceStack(forDevelopment);
  const types = Object.values(resources(development)).map(({ Type }) => Type);
  expect(types.filter((type) => type.startsWith('AWS::CloudWatch'))).toEqual([]);
  expect(() => new ConsumersDashboard(shop(), 'Dashboard', { consumers: [] })).toThrow('consumers is empty');
});
