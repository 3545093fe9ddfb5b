import type { Stack } from 'aws-cdk-lib';
import { metricNamespace, metrics } from '../../../contract/reporting/metrics.ts';
import type { ConsumerAlarmName, IdempotentConsumer } from '../../../lib/index.ts';
import { statsOf } from '../../support/cloudwatch/alarm-template.ts';
import { bookings } from '../consumer/support.ts';
import { shop } from '../support.ts';
import { failures, healthyRun, type Run } from './runs.ts';
import { statesOf, templateAlarm } from './support.ts';

let stack: Stack;
let consumer: IdempotentConsumer;
beforeAll(() => {
  stack = shop();
  consumer = bookings(stack, { onPoison: 'block' });
});

const names = Object.keys(failures) as (keyof typeof failures)[];

function statesIn(run: Run, name: ConsumerAlarmName) {
  return statesOf(templateAlarm(consumer, name, stack), run.metrics, run.span);
}

test('each alarm on metrics of the runtime has a run with its failure', () => {
  const own = Object.keys(consumer.alarms).filter((name) =>
    statsOf(templateAlarm(consumer, name as ConsumerAlarmName, stack)).some(
      ({ Metric }) => Metric.Namespace === metricNamespace,
    ),
  );
  expect(own.sort()).toEqual(names.toSorted());
});

test('each alarm on metrics of the runtime uses metrics that the runtime writes', () => {
  for (const name of names) {
    for (const { Metric } of statsOf(templateAlarm(consumer, name, stack))) {
      if (Metric.Namespace === metricNamespace) expect(Object.keys(metrics)).toContain(Metric.MetricName);
    }
  }
});

test.each(names)('%s rings in a run with its failure', async (name) => {
  const run = await failures[name]();
  expect(statesIn(run, name)).toContain('ALARM');
});

test.each(names)('%s does not ring in a healthy run', async (name) => {
  const run = await healthyRun();
  expect(run.metrics.length).toBeGreaterThan(100);
  expect(statesIn(run, name)).not.toContain('ALARM');
});

test('OldestMessage rings as long as an event waits, and NearRetention not before three quarters of the retention', async () => {
  const run = await failures.NearRetention();
  const oldest = statesIn(run, 'OldestMessage');
  const rings = oldest.indexOf('ALARM');
  expect([1, 2]).toContain(rings);
  expect(new Set(oldest.slice(rings))).toEqual(new Set(['ALARM']));
  const near = statesIn(run, 'NearRetention');
  expect(near.indexOf('ALARM')).toBe(72);
  expect(new Set(near.slice(72))).toEqual(new Set(['ALARM']));
});

test('Blocked rings until an hour has passed without a delivery that blocks', async () => {
  const run = await failures.Blocked();
  run.pass(2 * 3_600_000);
  expect(statesIn(run, 'Blocked').at(-1)).toBe('OK');
});
