import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { consumerAlarms } from '../../../lib/watching/alarm-rows.ts';
import { bookings } from '../consumer/support.ts';
import { everyConsumer, orderOnceStack, root, shop } from '../support.ts';
import { templateAlarms } from './support.ts';

const sections = new Map(
  readFileSync(join(root, 'docs/runbook.md'), 'utf8')
    .split(/^## /m)
    .slice(1)
    .map((section) => [section.slice(0, section.indexOf('\n')), section]),
);
const anchors = [...sections.keys()].map((heading) => heading.toLowerCase().replaceAll(' ', '-'));

function everyAlarm() {
  const blocking = shop();
  bookings(blocking, { onPoison: 'block' });
  return [...templateAlarms(orderOnceStack(everyConsumer)), ...templateAlarms(blocking)];
}

test('every alarm links to its section of the runbook', () => {
  const linked = everyAlarm().map(
    ({ AlarmDescription = '' }) => /docs\/runbook\.md#(\S+)$/.exec(AlarmDescription)?.[1],
  );
  expect(linked.filter((anchor) => anchor === undefined || !anchors.includes(anchor))).toEqual([]);
  expect(new Set(linked).size).toBe(Object.keys(consumerAlarms).length + 1);
});

test('the runbook has a section for each alarm, and for nothing else', () => {
  const [introduction, ...headings] = sections.keys();
  expect(introduction).toBe('Before you start');
  expect(headings.toSorted()).toEqual([...Object.keys(consumerAlarms), 'IntakeErrors'].toSorted());
});

test.each(
  Object.entries(consumerAlarms),
)('the section of %s says what happened, whom it hurts, where to look and what to do', (name, {
  severity,
}) => {
  const section = sections.get(name) ?? '';
  const parts = [...section.matchAll(/^\*\*(\w+)\.\*\*/gm)].map(([, part]) => part);
  const expected = ['Description', 'Impact', 'Investigation', 'Resolution'];
  expect(parts).toEqual(severity === 'critical' ? ['Critical', ...expected] : expected);
  expect(section).toContain('```console\n$ ');
});

test('an alarm says which consumer it is about, and whether it is critical', () => {
  const stack = shop();
  bookings(stack);
  const texts = templateAlarms(stack).map(({ AlarmDescription }) => AlarmDescription);
  expect(texts).toContain(
    'Consumer "bookings": An event has been waiting for longer than usual. What to do: docs/runbook.md#oldestmessage',
  );
  expect(texts).toContain(
    'Critical. Consumer "bookings": Every event fails with one error. What to do: docs/runbook.md#commonfailure',
  );
});

test('alarms link to a runbook of your own', () => {
  const stack = shop();
  bookings(stack, { runbook: 'https://wiki.test/order-once' });
  for (const { AlarmDescription } of templateAlarms(stack)) {
    expect(AlarmDescription).toMatch(/ https:\/\/wiki\.test\/order-once#\w+$/);
  }
});
