import type { TemplateAlarm } from '../../support/cloudwatch/alarm-template.ts';
import { evaluateAlarm } from '../../support/cloudwatch/evaluate-alarm.ts';
import { type Datapoint, extractMetrics } from '../../support/cloudwatch/metric-data.ts';

const minute = 60_000;
const start = 1_700_000_100_000;

const alarm: TemplateAlarm = {
  Namespace: 'OrderOnce',
  MetricName: 'Failed',
  Dimensions: [{ Name: 'Consumer', Value: 'bookings' }],
  Statistic: 'Sum',
  Period: 60,
  ComparisonOperator: 'GreaterThanOrEqualToThreshold',
  Threshold: 2,
  EvaluationPeriods: 1,
  TreatMissingData: 'notBreaching',
};

/** @param minutes When the values came, in minutes since the start. */
function failed(...minutes: readonly number[]): Datapoint[] {
  return minutes.map((at) => ({
    namespace: 'OrderOnce',
    name: 'Failed',
    dimensions: { Consumer: 'bookings' },
    at: start + at * minute,
    values: [1],
  }));
}

function states(over: Partial<TemplateAlarm>, data: readonly Datapoint[], minutes: number): string {
  const span = { from: start, to: start + minutes * minute };
  const evaluated = evaluateAlarm({ ...alarm, ...over }, data, span, { fillsEmpty: true });
  return evaluated.map((state) => (state === 'ALARM' ? 'x' : '-')).join('');
}

test('an alarm rings in the periods that reach its threshold', () => {
  expect(states({}, failed(0.1, 1.2, 1.4, 3, 3.2, 3.9), 5)).toBe('-x-x-');
});

test('an alarm over several periods rings if enough of them reach its threshold', () => {
  const data = failed(0, 0.1, 1, 1.1, 2, 2.1, 4, 4.1);
  expect(states({ EvaluationPeriods: 3 }, data, 6)).toBe('--x---');
  expect(states({ EvaluationPeriods: 3, DatapointsToAlarm: 2 }, data, 6)).toBe('-xxxx-');
});

test('an alarm does not count the metrics of other consumers, names and namespaces', () => {
  const others = failed(0, 0.1).flatMap((one) => [
    { ...one, dimensions: { Consumer: 'billing' } },
    { ...one, dimensions: { Consumer: 'bookings', Service: 'Shop' } },
    { ...one, name: 'Applied' },
    { ...one, namespace: 'AWS/SQS' },
  ]);
  expect(states({}, others, 1)).toBe('-');
});

test('an alarm with metric math compares the expression that it returns', () => {
  const MetricStat = { Metric: alarm as Required<TemplateAlarm>, Period: 60, Stat: 'Sum' };
  const Metrics = [
    { Id: 'math', Expression: 'FILL(failed, 5) * 2' },
    { Id: 'failed', MetricStat, ReturnData: false },
  ];
  expect(states({ Metrics }, failed(0, 2), 3)).toBe('xxx');
});

test('fails for settings that no template uses', () => {
  expect(() => states({ TreatMissingData: 'breaching' }, [], 1)).toThrow('breaching');
  expect(() => states({ ComparisonOperator: 'LessThanThreshold' }, [], 1)).toThrow('LessThanThreshold');
  expect(() => states({ Statistic: 'p99' }, [], 1)).toThrow('p99');
});

test('fails for a line from which CloudWatch would extract no metric', () => {
  const line = (members: object) => ({
    _aws: {
      Timestamp: start,
      CloudWatchMetrics: [
        { Namespace: 'OrderOnce', Dimensions: [['Consumer']], Metrics: [{ Name: 'Failed' }] },
      ],
    },
    Consumer: 'bookings',
    Failed: [1, 2],
    ...members,
  });
  expect(extractMetrics([line({}), { message: 'delivery' }])).toMatchObject([{ values: [1, 2], at: start }]);
  expect(() => extractMetrics([line({ Consumer: '' })])).toThrow('Consumer');
  expect(() => extractMetrics([line({ Failed: 'many' })])).toThrow('Failed');
  expect(() => extractMetrics([line({ Failed: Array(101).fill(1) })])).toThrow('Failed');
});
