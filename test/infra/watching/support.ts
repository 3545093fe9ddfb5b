import type { CfnElement, Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { ConsumerAlarmName, IdempotentConsumer } from '../../../lib/index.ts';
import type { TemplateAlarm } from '../../support/cloudwatch/alarm-template.ts';
import { type AlarmState, evaluateAlarm, type Span } from '../../support/cloudwatch/evaluate-alarm.ts';
import type { Datapoint } from '../../support/cloudwatch/metric-data.ts';
import { resources } from '../support.ts';

/** The logical id of a construct's resource. */
export function idOf(construct: IConstruct, stack: Stack): string {
  return stack.getLogicalId(construct.node.defaultChild as CfnElement);
}

/** An alarm of a consumer as the template has it. */
export function templateAlarm(
  consumer: IdempotentConsumer,
  name: ConsumerAlarmName,
  stack: Stack,
): TemplateAlarm {
  const alarm = consumer.alarms[name];
  if (alarm === undefined) throw new Error(`The consumer has no alarm ${name}`);
  return resources(stack)[idOf(alarm, stack)]?.Properties;
}

/** All alarms of a template. */
export function templateAlarms(stack: Stack): TemplateAlarm[] {
  return Object.values(resources(stack))
    .filter(({ Type }) => Type === 'AWS::CloudWatch::Alarm')
    .map(({ Properties }) => Properties);
}

/** The states of an alarm, whether FILL fills a metric without data or not. */
export function statesOf(alarm: TemplateAlarm, data: readonly Datapoint[], span: Span): AlarmState[] {
  const [states, ifNotFilled] = [true, false].map((fillsEmpty) =>
    evaluateAlarm(alarm, data, span, { fillsEmpty }),
  );
  expect(ifNotFilled).toEqual(states);
  return states as AlarmState[];
}
