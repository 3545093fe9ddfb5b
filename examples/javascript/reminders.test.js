const assert = require('node:assert/strict');
const { test } = require('node:test');
const { anEvent, testConsumer } = require('order-once/testing');
const { remindersBy } = require('./reminders.js');

const due = (address) => anEvent({ type: 'reminder.due', data: { address, text: 'Rent is due' } });

test('mails a reminder once, however often it is delivered', async () => {
  const sent = [];
  const t = testConsumer(remindersBy(async (address) => void sent.push(address)));
  await t.deliver(due('ada@example.org'), due('ada@example.org'));
  assert.deepEqual(t.outcomes, ['applied', 'duplicate']);
  assert.deepEqual(sent, ['ada@example.org']);
});

test('gives up a reminder without an address, and ignores other events', async () => {
  const t = testConsumer(remindersBy(async () => {}));
  await t.deliver(due('nobody'), anEvent({ id: '2', type: 'reminder.cancelled' }));
  assert.deepEqual(t.outcomes, ['poison', 'ignored']);
  assert.match(t.deadLetters[0].reason.message, /not an address/);
});
