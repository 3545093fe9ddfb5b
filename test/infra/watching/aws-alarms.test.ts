import { Stack } from 'aws-cdk-lib';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { metricNamespace } from '../../../contract/reporting/metrics.ts';
import { type ConsumerAlarmName, DataTable, type IdempotentConsumer } from '../../../lib/index.ts';
import { dimensionsOf, statsOf, type TemplateAlarm } from '../../support/cloudwatch/alarm-template.ts';
import type { Datapoint } from '../../support/cloudwatch/metric-data.ts';
import { bookings } from '../consumer/support.ts';
import { everyConsumer, newApp, orderOnceStack, shop } from '../support.ts';
import { awsMetrics } from './aws-metrics.ts';
import { statesOf, templateAlarm, templateAlarms } from './support.ts';

const start = 1_700_000_100_000;
const minute = 60_000;
const span = { from: start, to: start + 60 * minute };

let stack: Stack;
let consumer: IdempotentConsumer;
beforeAll(() => {
  stack = shop();
  const seats = new DataTable(stack, 'Seats', { partitionKey: 'seat' });
  consumer = bookings(stack, { tables: { seats: { table: seats, effects: ['put'] } } });
});

/** The values of each metric of an alarm, every minute of an hour: by metric name, from the minute. */
type Values = Readonly<Record<string, (minute: number) => number | undefined>>;

function statesWith(alarm: TemplateAlarm, values: Values) {
  const data = statsOf(alarm).flatMap(({ Metric }): Datapoint[] =>
    Array.from({ length: 60 }, (_, at) => ({ at, value: values[Metric.MetricName]?.(at) })).flatMap(
      ({ at, value }) =>
        value === undefined
          ? []
          : [
              {
                namespace: Metric.Namespace,
                name: Metric.MetricName,
                dimensions: dimensionsOf(Metric),
                at: start + at * minute,
                values: [value],
              },
            ],
    ),
  );
  return statesOf(alarm, data, span);
}

function bookingsWith(name: ConsumerAlarmName, values: Values) {
  return statesWith(templateAlarm(consumer, name, stack), values);
}

test.each(
  Object.entries<readonly [failing: Values, healthy: Values]>({
    DeadLetters: [
      { ApproximateNumberOfMessagesVisible: () => 1 },
      { ApproximateNumberOfMessagesVisible: () => 0 },
    ],
    UndeliveredEvents: [
      { ApproximateNumberOfMessagesVisible: () => 1 },
      { ApproximateNumberOfMessagesVisible: () => 0 },
    ],
    // An event source mapping is off, so the runtime reports no age.
    OldestMessage: [
      { ApproximateAgeOfOldestMessage: (at) => at * 60 },
      { ApproximateAgeOfOldestMessage: () => 30 },
    ],
    NearRetention: [
      { ApproximateAgeOfOldestMessage: (at) => 3 * 86_400 + at * 60 },
      { ApproximateAgeOfOldestMessage: (at) => at * 60 },
    ],
    // A queue that Lambda polls is active, so SQS reports zeros.
    NothingArrives: [
      { NumberOfMessagesPublished: () => 1, NumberOfMessagesSent: () => 0 },
      { NumberOfMessagesPublished: () => 10, NumberOfMessagesSent: (at) => Number(at % 15 === 0) },
    ],
    LostEvents: [
      { NumberOfNotificationsFailedToRedriveToDlq: (at) => Number(at === 30) },
      { NumberOfNotificationsFailedToRedriveToDlq: () => undefined },
    ],
    FunctionErrors: [
      // A message ends its process at each visibility timeout.
      { Errors: (at) => Number(at % 3 === 0) },
      { Errors: (at) => Number(at % 10 === 0) },
    ],
    FunctionThrottles: [{ Throttles: () => 5 }, { Throttles: (at) => Number(at < 10) }],
    FunctionDuration: [{ Duration: () => 29_000 }, { Duration: (at) => (at === 5 ? 29_900 : 400) }],
    TableThrottles: [
      { WriteThrottleEvents: (at) => Number(at > 30) },
      { WriteThrottleEvents: (at) => (at < 10 ? 7 : undefined) },
    ],
  }) as [ConsumerAlarmName, readonly [Values, Values]][],
)('%s rings with its failure, and not in a healthy hour', (name, [failing, healthy]) => {
  expect(bookingsWith(name, failing)).toContain('ALARM');
  expect(bookingsWith(name, healthy)).not.toContain('ALARM');
  expect(bookingsWith(name, {})).not.toContain('ALARM');
});

test('NothingArrives rings after 45 minutes, and ends when an event arrives', () => {
  const published = () => 1;
  const lost = bookingsWith('NothingArrives', {
    NumberOfMessagesPublished: published,
    NumberOfMessagesSent: () => 0,
  });
  expect(lost).toEqual(['OK', 'OK', 'ALARM', 'ALARM', 'ALARM'].slice(0, lost.length));
  const repaired = bookingsWith('NothingArrives', {
    NumberOfMessagesPublished: published,
    NumberOfMessagesSent: (at) => Number(at > 50),
  });
  expect(repaired.at(-1)).toBe('OK');
});

test('NothingArrives does not ring if a producer repeats one event, which SNS drops for five minutes', () => {
  const values = {
    NumberOfMessagesPublished: () => 1,
    NumberOfMessagesSent: (at: number) => Number(at % 5 === 0),
  };
  expect(bookingsWith('NothingArrives', values)).not.toContain('ALARM');
});

test('the alarm of the intake rings if it fails in two of three periods', () => {
  const alarm = templateAlarms(orderOnceStack()).find(({ MetricName }) => MetricName === '5xx');
  if (alarm === undefined) throw new Error('The intake has no alarm');
  expect(statesWith(alarm, { '5xx': (at) => Number(at === 1 || at === 12) })).toContain('ALARM');
  expect(statesWith(alarm, { '5xx': (at) => Number(at < 5) })).not.toContain('ALARM');
});

test('every metric of AWS that an alarm uses exists, with these dimensions, on a page of AWS', () => {
  const alarms = [...templateAlarms(orderOnceStack(everyConsumer)), ...templateAlarms(stack)];
  const used = alarms.flatMap(statsOf).filter(({ Metric }) => Metric.Namespace !== metricNamespace);
  expect(used.length).toBeGreaterThan(30);
  for (const { Metric } of used) {
    const known = awsMetrics[Metric.Namespace]?.[Metric.MetricName];
    expect([Metric.MetricName, known?.dimensions]).toEqual([
      Metric.MetricName,
      Metric.Dimensions?.map(({ Name }) => Name),
    ]);
    expect(known?.page).toMatch(/^https:\/\/docs\.aws\.amazon\.com\//);
  }
});

describe('a consumer', () => {
  test('has its alarms unless it or the context of the app turns them off', () => {
    const off = bookings(shop(), { alarms: false });
    expect(off.alarms).toEqual({});
    const emulated = new Stack(newApp(), 'Emulated');
    emulated.node.setContext('order-once:alarms', 'false');
    expect(bookings(emulated, { alarms: true }).alarms).toEqual({});
    expect(templateAlarms(emulated)).toEqual([]);
  });

  test('has no alarm on the metrics of a topic of another account or Region', () => {
    const alarmsFor = (arn: string) => {
      const own = new Stack(newApp(), 'Shop', { env: { account: '111111111111', region: 'eu-west-1' } });
      return Object.keys(bookings(own, { topic: Topic.fromTopicArn(own, 'Topic', arn) }).alarms);
    };
    const ofTopics = ['NothingArrives', 'LostEvents'];
    expect(alarmsFor('arn:aws:sns:eu-west-1:111111111111:events.fifo')).toEqual(
      expect.arrayContaining(ofTopics),
    );
    for (const arn of [
      'arn:aws:sns:eu-west-1:222222222222:events.fifo',
      'arn:aws:sns:us-east-1:111111111111:events.fifo',
    ]) {
      const names = alarmsFor(arn);
      expect(names.filter((name) => ofTopics.includes(name))).toEqual([]);
      expect(names).toContain('DeadLetters');
    }
  });

  test('shares the alarm on lost events with the other consumers of its topic', () => {
    const alarms = templateAlarms(orderOnceStack(everyConsumer));
    const named = (name: string) => alarms.filter(({ MetricName }) => MetricName === name);
    expect(named('NumberOfNotificationsFailedToRedriveToDlq')).toHaveLength(1);
    expect(named('Conflict')).toHaveLength(3);
  });

  test('has alarms of ten tables each, because CloudWatch evaluates at most ten metrics in one', () => {
    const own = shop();
    const tables = Object.fromEntries(
      Array.from({ length: 11 }, (_, index) => {
        const table = new DataTable(own, `Table${index}`, { partitionKey: 'id' });
        return [`table${index}`, { table, effects: ['put'] as const }];
      }),
    );
    bookings(own, { tables });
    const throttles = templateAlarms(own).map((alarm) =>
      statsOf(alarm).filter(({ Metric }) => Metric.MetricName === 'WriteThrottleEvents'),
    );
    expect(
      throttles
        .map(({ length }) => length)
        .filter((length) => length > 0)
        .sort(),
    ).toEqual([10, 2]);
  });
});
