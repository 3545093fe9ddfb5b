import { anEvent, testConsumer } from 'order-once/testing';
import { handler } from '../lambda/points';

test('counts the points of a purchase once, and takes back those of a return', async () => {
  const t = testConsumer(handler);
  const made = anEvent({ type: 'purchase.made', partitionkey: 'ada', data: { euros: 20.5 } });
  const returned = anEvent({ id: '2', type: 'purchase.returned', partitionkey: 'ada', data: { euros: 5 } });
  await t.deliver(made, made, returned, returned);
  expect(t.tables.item('members', { member: 'ada' })).toEqual({ member: 'ada', points: 15 });
});
