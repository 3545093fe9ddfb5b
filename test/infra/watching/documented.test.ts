import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EventTopic, IdempotentConsumer, RecordTable } from '../../../lib/index.ts';
import { statsOf, type TemplateAlarm } from '../../support/cloudwatch/alarm-template.ts';
import { anyEntry, everyConsumer, orderOnceStack, resources, root, shop } from '../support.ts';
import { templateAlarms } from './support.ts';

test('the documentation says what the alarms cost', () => {
  const page = readFileSync(join(root, 'docs/cost.md'), 'utf8');
  const costOf = (alarms: readonly TemplateAlarm[]) => {
    const metrics = alarms.flatMap(statsOf).length;
    return `| ${alarms.length} | ${metrics} | ${(metrics * 0.1).toFixed(2)} |`;
  };
  const about = (subject: string) =>
    templateAlarms(orderOnceStack(everyConsumer)).filter(({ AlarmDescription = '' }) =>
      AlarmDescription.includes(subject),
    );
  for (const [row, subject] of [
    ['`fulfilment`, with four tables and the alarm of the topic', '"fulfilment"'],
    ['`billing` or `notifications`, with the records alone', '"billing"'],
    ['intake', 'Intake:'],
  ] as const) {
    expect(page).toContain(`| ${row} ${costOf(about(subject))}`);
  }
});

test('the documentation says how many resources a consumer has, with alarms and without', () => {
  const page = readFileSync(join(root, 'docs/consumers.md'), 'utf8');
  const resourcesWith = (consumers: number, alarms: boolean) => {
    const own = shop();
    const topic = new EventTopic(own, 'Events');
    const records = new RecordTable(own, 'Records');
    for (let index = 0; index < consumers; index++) {
      const consumerName = `consumer-${index}`;
      new IdempotentConsumer(own, `Consumer${index}`, {
        consumerName,
        topic,
        records,
        alarms,
        entry: anyEntry,
      });
    }
    return Object.keys(resources(own)).length;
  };
  const [watched, others] = [true, false].map((alarms) => {
    const each = resourcesWith(2, alarms) - resourcesWith(1, alarms);
    const first = resourcesWith(1, alarms);
    return { each, fit: 1 + Math.floor((500 - first) / each) };
  });
  expect(page).toContain(`A consumer has ${watched?.each} resources, and ${others?.each} without alarms.`);
  expect(page).toContain(`${watched?.fit} consumers with alarms, or ${others?.fit} without.`);
});
