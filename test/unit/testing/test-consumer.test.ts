import * as v from 'valibot';
import {
  atLeastOnce,
  createConsumer,
  exactlyOnce,
  increment,
  NotExecutedError,
  put,
} from '../../../runtime/index.ts';
import { anEvent, testConsumer } from '../../../testing/index.ts';
import { fakeWiring } from '../../support/wiring.ts';

// As a user's file has it: no dependencies, no name, and no environment in a test.
const handler = createConsumer({
  guarantee: exactlyOnce(),
  events: { 'seat.booked': v.object({ seat: v.string(), price: v.number() }) },
  tables: { seats: 'seat', halls: 'hall' },
  handle: ({ data, partitionkey: hall }, { tables }) => [
    put(tables.seats, { seat: data.seat, price: data.price }),
    increment(tables.halls, { hall }, { sold: 1 }),
  ],
});
const booked = anEvent({ type: 'seat.booked', data: { seat: '1A', price: 12.5 } });

describe('testConsumer', () => {
  it('applies an event that is delivered twice once, and shows its effects', async () => {
    const t = testConsumer(handler);
    await expect(t.deliver(booked, booked)).resolves.toEqual(['applied', 'duplicate']);
    expect(t.outcomes).toEqual(['applied', 'duplicate']);
    expect(t.tables.item('seats', { seat: '1A' })).toEqual({ seat: '1A', price: 12.5 });
    expect(t.tables.items('halls')).toEqual([{ hall: 'group', sold: 1 }]);
    expect([...t.records.keys()]).toEqual(['consumer#/test#1']);
  });

  it('has the declared tables, tables that a test adds, and tables with other key types', async () => {
    const numbered = createConsumer({
      guarantee: exactlyOnce(),
      events: { 'seat.booked': v.unknown() },
      tables: { days: ['hall', 'day'] },
      handle: (_, { tables }) => [put(tables.days, { hall: 'A', day: 7 }), put('audit', { id: '1' })],
    });
    const t = testConsumer(numbered, {
      tables: { audit: 'id', days: ['hall', { name: 'day', type: 'N' }] },
    });
    await expect(t.deliver(booked)).resolves.toEqual(['applied']);
    expect(t.tables.items('days')).toEqual([{ hall: 'A', day: 7 }]);
    expect(t.tables.items('audit')).toEqual([{ id: '1' }]);
    const fewer = testConsumer(numbered);
    await expect(fewer.deliver(booked)).resolves.toEqual(['failed']);
    expect(fewer.deliveries).toMatchObject([
      { code: 'EFFECTS_REFUSED', reason: expect.stringContaining('item.day: has type N') },
    ]);
  });

  it('shares nothing between two tests of one handler', async () => {
    await testConsumer(handler).deliver(booked);
    const t = testConsumer(handler, { name: 'bookings' });
    await expect(t.deliver(booked)).resolves.toEqual(['applied']);
    expect([...t.records.keys()]).toEqual(['bookings#/test#1']);
  });

  it('shows poison in the dead-letter queue, with its reason', async () => {
    const t = testConsumer(handler);
    const wrong = anEvent({ type: 'seat.booked', data: { seat: 1 } });
    await expect(t.deliver(wrong)).resolves.toEqual(['poison']);
    await expect(t.deliver('{')).resolves.toEqual(['poison']);
    expect(t.deadLetters).toMatchObject([
      { body: JSON.stringify(wrong), reason: { code: 'INVALID_EVENT', field: 'data.seat' } },
      { body: '{', reason: { code: 'INVALID_JSON' } },
    ]);
  });

  it('refuses what DynamoDB refuses', async () => {
    const dated = createConsumer({
      guarantee: exactlyOnce(),
      events: { 'seat.booked': v.unknown() },
      handle: () => [put('seats', { seat: '1A', at: new Date(0) })],
    });
    const t = testConsumer(dated, { tables: { seats: 'seat' } });
    await expect(t.deliver(booked)).resolves.toEqual(['failed']);
    expect(t.deliveries).toMatchObject([
      { code: 'EFFECTS_REFUSED', reason: expect.stringContaining('item.at') },
    ]);
  });

  it('redelivers waiting messages when they are visible, with the messages behind them in their group', async () => {
    let isDown = true;
    const billing = createConsumer({
      guarantee: atLeastOnce({ providerKeyRetention: 86_400_000 }),
      events: { 'seat.booked': v.unknown() },
      handle: async () => {
        if (isDown) throw new NotExecutedError('the provider is down', { retryAfter: 60_000 });
      },
    });
    const t = testConsumer(billing);
    const start = t.clock.time;
    await expect(t.deliver(booked, { ...booked, id: '2' })).resolves.toEqual(['failed']);
    await expect(t.redeliver()).resolves.toEqual(['failed']);
    expect(t.clock.time).toBeGreaterThanOrEqual(start + 60_000);
    isDown = false;
    await expect(t.redeliver()).resolves.toEqual(['applied', 'applied']);
    await expect(t.redeliver()).resolves.toEqual([]);
    expect(t.deliveries.map(({ receiveCount }) => receiveCount)).toEqual([1, 2, 3, 3]);
  });

  it('refuses a batch that is too large for a FIFO queue, and a handler that already has dependencies', async () => {
    await expect(testConsumer(handler).deliver(...Array.from({ length: 11 }, () => booked))).rejects.toThrow(
      'at most 10',
    );
    const options = { name: 'a', events: { a: v.unknown() }, guarantee: exactlyOnce(), handle: () => [] };
    expect(() => testConsumer(createConsumer(options, fakeWiring()))).toThrow(/createConsumer\(options\)/);
  });
});
