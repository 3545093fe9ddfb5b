import { businessFingerprint, fingerprint } from '../../../../contract/event/fingerprint.ts';
import { bodyKey, businessKey, idempotencyKey, isBodyKey } from '../../../../contract/event/identity.ts';
import type { OrderEvent } from '../../../../contract/orders/order-event.ts';
import { parseOrderEvent } from '../../../../contract/orders/order-event.ts';
import { type ConsumerOptions, createConsumer, exactlyOnce, increment } from '../../../../runtime/index.ts';
import { deliveriesOf } from '../../../support/deliver-orders.ts';
import { anOrder } from '../../../support/orders.ts';
import { remaining, sqsEvent, sqsRecord } from '../../../support/sqs.ts';
import { type FakeWiring, fakeWiring } from '../../../support/wiring.ts';

let wiring: FakeWiring;
beforeEach(() => {
  wiring = fakeWiring();
});

const byOrder = ({ type, subject }: OrderEvent) => `${type}/${subject}`;

async function deliver(
  orders: readonly OrderEvent[],
  over: Partial<ConsumerOptions<'effects', never, OrderEvent>> = {},
): Promise<string[]> {
  const consumer = createConsumer(
    {
      name: 'orders',
      parse: parseOrderEvent,
      key: byOrder,
      guarantee: exactlyOnce(),
      handle: ({ data: { orderId } }) => [increment('ledger', { orderId }, { times: 1 })],
      ...over,
    } as ConsumerOptions<'effects', never, OrderEvent>,
    wiring,
  );
  for (const [index, order] of orders.entries()) {
    await consumer(sqsEvent(sqsRecord(order, { messageId: `m${index}` })), remaining());
  }
  return deliveriesOf(wiring).map(({ outcome }) => String(outcome));
}

const retried = [
  anOrder({ id: 'retry-1', sequence: '1' }),
  anOrder({ id: 'retry-2', source: 'urn:other', sequence: '2', time: '2026-01-31T12:00:00Z' }),
];

describe('a consumer with a key', () => {
  it('applies an event once even if it arrives with two ids, sources and sequences', async () => {
    await expect(deliver(retried)).resolves.toEqual(['applied', 'duplicate']);
    expect(wiring.memory.tables.items('ledger')).toMatchObject([{ times: 1 }]);
    expect([...wiring.memory.records.entries()]).toMatchObject([
      ['orders#%key#order.placed/536365', { fingerprint: expect.stringMatching(/^key:[0-9a-f]{64}$/) }],
    ]);
  });

  it('reports other content under one key as a conflict', async () => {
    await expect(deliver([anOrder({ id: '1' }), anOrder({ id: '2' }, { total: 99 })])).resolves.toEqual([
      'applied',
      'conflict',
    ]);
  });

  it('applies events of two keys, even with one id', async () => {
    const two = [anOrder({ id: '1', subject: 'a' }), anOrder({ id: '1', subject: 'b' })];
    await expect(deliver(two)).resolves.toEqual(['applied', 'applied']);
  });

  it('compares the results of its own fingerprint function', async () => {
    const twice = [anOrder({ id: '1' }), anOrder({ id: '2' }, { currency: 'EUR' })];
    await expect(deliver(twice, { fingerprint: ({ data }) => data.total })).resolves.toEqual([
      'applied',
      'duplicate',
    ]);
    expect([...wiring.memory.records.values()]).toMatchObject([
      { fingerprint: expect.stringMatching(/^own:/) },
    ]);
  });

  it.each([
    ['undefined', undefined],
    ['an empty text', ''],
    ['a value of type object', {}],
    ['a value of type number', 90210],
    ['of 2053 bytes', 'x'.repeat(2041)],
    ['half of a surrogate pair', 'hall-\ud83d'],
  ])('makes an event with the key %s poison, because such events would share a constant key', async (found, key) => {
    await expect(deliver([anOrder()], { key: () => key as string })).resolves.toEqual(['poison']);
    expect(deliveriesOf(wiring)).toMatchObject([
      { code: 'INVALID_KEY', reason: expect.stringContaining(found) },
    ]);
    expect(JSON.stringify(wiring.logged)).not.toContain('90210');
    expect(wiring.letters).toHaveLength(1);
    expect(wiring.memory.records.size).toBe(0);
  });

  it('makes messages wait if the key is a promise', async () => {
    const key = async () => {
      throw new Error('never awaited');
    };
    await expect(deliver([anOrder()], { key: key as never })).resolves.toEqual(['failed']);
    expect(deliveriesOf(wiring)).toMatchObject([
      { code: 'CONFIGURATION', reason: expect.stringContaining('"key"') },
    ]);
    expect(wiring.memory.records.size).toBe(0);
  });

  it('counts an attempt of the event if its key function throws', async () => {
    const key = () => {
      throw new TypeError('of the key');
    };
    await expect(deliver([anOrder()], { key })).resolves.toEqual(['failed']);
    expect(deliveriesOf(wiring)).toMatchObject([
      { code: 'PARSER_FAILED', attempts: 1, eventId: 'event-of-536365' },
    ]);
  });

  it('finds an applied event even if its parser fails now', async () => {
    await deliver([anOrder({ id: '1' })]);
    const parse = () => {
      throw new TypeError('of the parser');
    };
    await expect(deliver([anOrder({ id: '2' })], { parse })).resolves.toEqual(['applied', 'duplicate']);
  });
});

it('event keys, body keys and business keys never collide', () => {
  const parts = ['%key', '%', '#', '%body', 'a', '#%key#a', '#%body#a', '%25key'];
  const keys = parts.flatMap((part) => [
    businessKey('c', part),
    bodyKey('c', part),
    ...parts.map((id) => idempotencyKey('c', { source: part, id })),
  ]);
  expect(new Set(keys).size).toBe(keys.length);
  expect(keys.filter(isBodyKey)).toHaveLength(parts.length);
});

it('the fingerprint of a consumer with a key covers everything except id, source and sequence', () => {
  const [first, second] = retried as [OrderEvent, OrderEvent];
  expect(businessFingerprint(first)).toBe(businessFingerprint(second));
  expect(businessFingerprint(first)).not.toBe(fingerprint(first));
  for (const other of [
    { type: 'order.cancelled' },
    { subject: 'b' },
    { partitionkey: 'b' },
    { tenant: 'b' },
    { data: 1 },
  ]) {
    expect(businessFingerprint({ ...first, ...other })).not.toBe(businessFingerprint(first));
  }
});
