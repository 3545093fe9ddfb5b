import { anOrder } from '../../support/orders.ts';
import { connection, deliveries, send, unique } from '../support.ts';

const { main } = connection;

function order(group: string, over: Parameters<typeof anOrder>[0] = {}) {
  return anOrder({ subject: unique('order'), partitionkey: group, ...over });
}

const outcomesOf = (found: readonly { outcome: string }[]) => found.map(({ outcome }) => outcome);

describe('the topic, inside its deduplication window', () => {
  it('removes a message with a known body', async () => {
    // GIVEN the same body twice, and another one behind it
    const group = unique('group');
    const first = order(group);
    const last = order(group, { sequence: '2' });
    await send(main, { body: first, group }, { body: first, group }, { body: last, group });
    // THEN two messages arrive
    const found = await deliveries(main, group, 2);
    expect(found.map(({ eventId }) => eventId)).toEqual([first.id, last.id]);
    expect(outcomesOf(found)).toEqual(['applied', 'applied']);
  });

  it('uses the explicit deduplication id, if there is one, instead of the body', async () => {
    // GIVEN two bodies under one id
    const group = unique('group');
    const deduplicationId = unique('id');
    const [first, second, last] = [order(group), order(group), order(group)];
    await send(main, { body: first, group, deduplicationId }, { body: second, group, deduplicationId });
    await send(main, { body: last, group });
    // THEN the second one is removed
    const found = await deliveries(main, group, 2);
    expect(found.map(({ eventId }) => eventId)).toEqual([first.id, last.id]);
  });

  it('delivers one body twice with two explicit ids, and the record prevents a second effect', async () => {
    const group = unique('group');
    const body = order(group);
    await send(
      main,
      { body, group, deduplicationId: unique('id') },
      { body, group, deduplicationId: unique('id') },
    );
    const found = await deliveries(main, group, 2);
    expect(outcomesOf(found)).toEqual(['applied', 'duplicate']);
    expect(found[1]?.appliedWith).toBe(found[0]?.messageId);
  });
});
