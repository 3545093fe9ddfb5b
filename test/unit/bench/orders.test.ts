import { type DeliveryKind, Orders } from '../../../bench/batches/orders.ts';
import { parseOrderEvent } from '../../../contract/orders/order-event.ts';

const eventsOf = (batch: { readonly Records: readonly { readonly body: string }[] } | undefined) =>
  (batch?.Records ?? []).map(({ body }) => parseOrderEvent({ body }));

describe('the orders of the benchmark', () => {
  it.each<[DeliveryKind, number]>([
    ['first deliveries', 0],
    ['duplicates', 10],
    ['3 of 10 duplicates', 3],
  ])('contain, for %s, this number of events that were sent before in other messages: %i', (kind, expected) => {
    // WHEN
    const { before, batch } = new Orders('test').next(kind, 3);

    // THEN
    const earlier = new Set(eventsOf(before).map(({ id }) => id));
    expect(eventsOf(batch).filter(({ id }) => earlier.has(id))).toHaveLength(expected);
    const messages = [...(before?.Records ?? []), ...batch.Records].map(({ messageId }) => messageId);
    expect(new Set(messages).size).toBe(10 + expected);
  });

  it('have their first deliveries after the earlier ones, so that no effect is stale', () => {
    const { before, batch } = new Orders('test').next('3 of 10 duplicates', 1);
    const earlier = eventsOf(before);
    const first = eventsOf(batch).filter(({ id }) => !earlier.some((event) => event.id === id));
    const sequences = [...earlier, ...first].map(({ sequence }) => Number(sequence));
    expect(sequences).toEqual(sequences.toSorted((a, b) => a - b));
  });

  it('are expected once each, with the last order of an account as its latest order', () => {
    // GIVEN
    const orders = new Orders('test');
    const applied = new Map<string, number>();

    // WHEN
    for (let n = 0; n < 3; n++) {
      for (const event of eventsOf(orders.next('3 of 10 duplicates', 3).batch)) {
        applied.set(event.id, event.data.total);
      }
    }

    // THEN
    const { accounts } = orders;
    expect(accounts.map(({ latestOrder }) => latestOrder)).toEqual(['test-29', 'test-30', 'test-28']);
    expect(accounts.reduce((sum, { orders }) => sum + orders, 0)).toBe(30);
    expect(accounts.reduce((sum, { spent }) => sum + spent, 0)).toBe(
      [...applied.values()].reduce((sum, total) => sum + total, 0),
    );
  });
});
