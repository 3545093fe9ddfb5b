import { Duration, NestedStack } from 'aws-cdk-lib';
import { metrics } from '../../../contract/reporting/metrics.ts';
import type { IdempotentConsumer } from '../../../lib/index.ts';
import { bookings } from '../consumer/support.ts';
import { resource, shop } from '../support.ts';

/** The methods `metricApplied` and so on. */
function methodsOf(consumer: IdempotentConsumer): string[] {
  const { prototype } = Object.getPrototypeOf(Object.getPrototypeOf(consumer)).constructor;
  return Object.getOwnPropertyNames(prototype).filter((name) => /^metric./.test(name));
}

test('a consumer has a method for each metric that its function writes', () => {
  const consumer = bookings(shop());
  const called = methodsOf(consumer).map((name) => consumer[name as 'metricApplied']().metricName);
  expect(called.sort()).toEqual(Object.keys(metrics).sort());
});

test('a metric counts deliveries of this consumer in this stack, every five minutes', () => {
  const consumer = bookings(shop());
  expect(consumer.metricDuplicates().toMetricConfig().metricStat).toMatchObject({
    namespace: 'OrderOnce',
    metricName: 'Duplicate',
    dimensions: [
      { name: 'Consumer', value: 'bookings' },
      { name: 'Service', value: 'Shop' },
    ],
    statistic: 'Sum',
    period: Duration.minutes(5),
  });
  expect(consumer.metricWaitingAge().statistic).toBe('Maximum');
});

test('a metric takes the options of CDK', () => {
  const metric = bookings(shop()).metricApplied({ statistic: 'SampleCount', period: Duration.hours(1) });
  expect(metric).toMatchObject({ statistic: 'SampleCount', period: Duration.hours(1) });
});

test.each([
  ['a stack', () => shop()],
  ['a nested stack', () => new NestedStack(shop(), 'Inner')],
])('the function and the metric methods use one name of %s', (_, makeStack) => {
  // WHEN
  const stack = makeStack();
  const consumer = bookings(stack);

  // THEN
  const { Environment } = resource(stack, 'AWS::Lambda::Function').Properties;
  expect(Environment.Variables).toMatchObject({ ORDER_ONCE_SERVICE: 'Shop' });
  expect(consumer.metricApplied().dimensions).toMatchObject({ Service: 'Shop', Consumer: 'bookings' });
});
