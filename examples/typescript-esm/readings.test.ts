import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anEvent, testConsumer } from 'order-once/testing';
import { handler } from './readings.ts';

const reading = (id: string, readAt: string, kilowattHours: number) =>
  anEvent({ id, type: 'meter.read', partitionkey: 'meter-7', data: { kilowattHours, readAt } });

test('keeps the newest reading of a meter, and counts each reading once', async () => {
  const t = testConsumer(handler);
  const noon = reading('noon', '2026-03-01T12:00:00Z', 20.5);
  const morning = reading('morning', '2026-03-01T08:00:00Z', 18);
  await t.deliver(noon, noon);
  await t.deliver(morning);
  assert.deepEqual(t.tables.item('counts', { meter: 'meter-7' }), { meter: 'meter-7', readings: 2 });
  assert.equal(t.tables.item('latest', { meter: 'meter-7' })?.kilowattHours, 20.5);
});

test('gives up a reading that is no number', async () => {
  const t = testConsumer(handler);
  await t.deliver(
    anEvent({ type: 'meter.read', data: { kilowattHours: 'much', readAt: '2026-03-01T12:00:00Z' } }),
  );
  assert.deepEqual(t.outcomes, ['poison']);
  assert.equal(t.deadLetters.length, 1);
});
