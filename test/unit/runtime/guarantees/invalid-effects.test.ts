import { parseOrderEvent } from '../../../../contract/orders/order-event.ts';
import {
  atMostOnce,
  createConsumer,
  type Effect,
  type ExternalHandler,
  type Guarantee,
  increment,
  put,
  putIfNewer,
  raw,
} from '../../../../runtime/index.ts';
import { deliveriesOf, deliverOrders, outcomesOf } from '../../../support/deliver-orders.ts';
import { anOrder } from '../../../support/orders.ts';
import { atLeast } from '../../../support/shop.ts';
import { remaining, sqsEvent, sqsRecord } from '../../../support/sqs.ts';
import { type FakeWiring, fakeWiring } from '../../../support/wiring.ts';

let wiring: FakeWiring;
beforeEach(() => {
  wiring = fakeWiring();
});

const good = () => put('orders', { orderId: 'good' });
const recordOf = (id: string) => wiring.memory.records.get(`orders#urn:test#event-of-${id}`);
/** An array has a hole where nothing was assigned. */
const withHole = () => Object.assign(Array<Effect>(1), { 1: good() }) as unknown[];
const key = { orderId: { S: '1' } };

const members: readonly (readonly [title: string, member: () => unknown, says: string])[] = [
  ['a promise', () => Promise.resolve(good()), 'is a promise: await it'],
  ['a promise that rejects', () => Promise.reject(new Error('not awaited')), 'is a promise: await it'],
  ['a list', () => [good()], 'is a list: spread its members'],
  ['nothing', () => undefined, 'is undefined'],
  ['null', () => null, 'is null'],
  ['false', () => false, 'is false'],
  ['a number', () => 0, 'is a number'],
  ['a text', () => 'put', 'is a text'],
  ['a function', () => good, 'is a function: call it'],
  ['a set', () => new Set([good()]), 'is a Set: make a list of it'],
  ['an iterator', () => [good()].values(), 'is an iterator: make a list of it'],
  ['an object that is empty', () => ({}), 'is an object without the kind of an effect'],
  ['an effect of a misspelt kind', () => ({ ...good(), kind: 'Put' }), 'is an object of the kind "Put"'],
  ['an effect of the kind of every object', () => ({ ...good(), kind: 'constructor' }), 'kind "constructor"'],
  ['a put without an item', () => put('orders', undefined as never), '(put) has undefined for its item'],
  [
    'a put of a promise',
    () => put('orders', Promise.resolve({}) as never),
    '(put) has a promise: await it for its item',
  ],
  ['a put of a list', () => put('orders', [] as never), '(put) has a list'],
  ['a version without its name', () => putIfNewer('orders', {}, {} as never), 'undefined for its version'],
  [
    'a version that is none',
    () => putIfNewer('orders', { orderId: '1', at: 'now' }, { version: 'at' }),
    'putIfNewer has a string that is none for its version "at"',
  ],
  ['an increment of a key that is a text', () => increment('ledger', '1' as never, {}), 'a text for its key'],
  ['an increment by nothing', () => increment('ledger', {}, undefined as never), 'undefined for its by'],
  [
    'an increment by a number',
    () => increment('ledger', { orderId: '1' }, 1 as never),
    '(increment) has a number for its by',
  ],
  ...[Number.NaN, Number.POSITIVE_INFINITY, '5', null, undefined].map(
    (amount) =>
      [
        `an increment by ${typeof amount} ${amount}`,
        () => increment('ledger', { orderId: '1' }, { spent: amount as number }),
        'for the amount "spent": give a finite number',
      ] as const,
  ),
  ['a removal without a key', () => ({ kind: 'remove', table: 'orders' }), 'undefined for its key'],
  ['a raw write that is none', () => raw(undefined as never), '(raw) has undefined for its write'],
  ['a raw write without an operation', () => raw({}), '(raw) has no operation in its write'],
  ['a raw write whose operation is undefined', () => raw({ Put: undefined }), '(raw) has no operation'],
  [
    'a raw write with two operations',
    () => raw({ Put: { TableName: 't', Item: key }, Delete: { TableName: 't', Key: key } }),
    'the operations Put, Delete in its write',
  ],
  ['a raw write with an unknown operation', () => raw({ Insert: {} } as never), 'the operations Insert'],
  [
    'a raw write of plain values',
    () => raw({ Put: { TableName: 'orders', Item: { orderId: '1' } as never } }),
    'values in Put.Item that are no attribute values',
  ],
  [
    'a raw write of a number as a text, which the SDK would empty',
    () => raw({ Put: { TableName: 'orders', Item: { ...key, note: { S: 5 as never } } } }),
    'values in Put.Item',
  ],
  ['a raw write without a key', () => raw({ Delete: { TableName: 'orders' } as never }), 'Delete.Key'],
];

describe('an invalid member of the list of effects fails the attempt, and the reason names its position', () => {
  it.each(members)('%s', async (_, member, says) => {
    // GIVEN an event between two others of its group, whose handler returns it behind an effect
    const handle = ({ subject }: { subject: string }) =>
      (subject === '1' ? [good(), member()] : [put('orders', { orderId: subject })]) as Effect[];
    // WHEN the three are delivered in one batch
    await expect(deliverOrders(wiring, ['0', '1', '2'], handle)).resolves.toEqual(['m-1', 'm-2']);
    // THEN it alone is blamed, nothing of it is written, and it is tried again
    expect(outcomesOf(wiring)).toEqual({ 'm-0': 'applied', 'm-1': 'failed' });
    const failed = deliveriesOf(wiring).at(-1);
    expect(failed).toMatchObject({ code: 'NO_EFFECTS', attempts: 1 });
    expect(failed?.reason).toContain('Effect 2 of the handler');
    expect(failed?.reason).toContain(says);
    expect(recordOf('1')).toMatchObject({ status: 'RETRYING', attempts: 1 });
    expect(wiring.memory.tables.items('orders')).toEqual([{ orderId: '0' }]);
  });

  it('a promise that rejects does not end the process', async () => {
    const unheard: unknown[] = [];
    const hear = (reason: unknown) => unheard.push(reason);
    process.on('unhandledRejection', hear);
    const rejected = () => [false, Promise.reject(new Error('nobody awaits it'))];
    await deliverOrders(wiring, ['1'], rejected as never);
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', hear);
    expect(unheard).toEqual([]);
  });

  it('a hole of an array', async () => {
    await deliverOrders(wiring, ['1'], () => withHole() as Effect[]);
    expect(deliveriesOf(wiring)[0]).toMatchObject({
      outcome: 'failed',
      reason: "Effect 1 of the handler's list is undefined",
    });
  });
});

it.each<readonly [string, () => unknown, string]>([
  ['one effect', good, 'one effect (put on table "orders"): put it in a list'],
  ['a set', () => new Set([good()]), 'a Set: make a list of it'],
  ['an iterator', () => [good()].values(), 'an iterator: make a list of it'],
  ['nothing', () => undefined, 'undefined and not a list'],
])('the reason says what a handler returned instead of a list: %s', async (_, returned, says) => {
  await deliverOrders(wiring, ['1'], returned as never);
  expect(deliveriesOf(wiring)[0]).toMatchObject({
    outcome: 'failed',
    code: 'NO_EFFECTS',
    reason: expect.stringContaining(says),
  });
});

it.each<readonly [string, () => unknown]>([
  ['a copy by spread', () => ({ ...good() })],
  ['a copy through JSON', () => JSON.parse(JSON.stringify(good()))],
  ['one of its own making', () => ({ kind: 'put', table: 'orders', item: { orderId: 'good' } })],
  ['one without a prototype', () => Object.assign(Object.create(null), good())],
  ['one that is frozen', () => Object.freeze(good())],
])('an effect is recognised by its members: %s', async (_, effect) => {
  await deliverOrders(wiring, ['1'], () => [effect() as Effect]);
  expect(outcomesOf(wiring)).toEqual({ 'm-1': 'applied' });
  expect(wiring.memory.tables.items('orders')).toEqual([{ orderId: 'good' }]);
});

describe('effects that an external handler returns are not lost silently', () => {
  const effects: readonly (readonly [string, () => unknown, string])[] = [
    ['one effect', good, 'an effect (put on table "orders"): only exactlyOnce() commits effects'],
    ['a list', () => [good()], 'an effect (put on table "orders") as member 1 of its list'],
    ['a list in a list', () => [1, [2, good()]], 'as member 2.2 of its list'],
    ['a set', () => new Set([good()]), 'as member 1 of its list'],
    ['a misspelt one', () => [{ ...good(), kind: 'Put' }], 'an effect (Put) as member 1'],
    ['one that lacks its item', () => put('orders', undefined as never), 'an effect (put on table'],
    ['a copy through JSON', () => [JSON.parse(JSON.stringify(good()))], 'an effect (put on table'],
    ['a raw one', () => raw({ Delete: { TableName: 'orders', Key: key } }), 'an effect (raw on table'],
    ['a list of promises', () => [Promise.resolve(good())], 'a promise as member 1 of its list: await it'],
    ['a promise that rejects', () => [1, Promise.reject(new Error('no'))], 'a promise as member 2'],
    ['a generator', () => [good()].values(), 'an iterator, whose steps nobody takes'],
  ];
  const keys: string[] = [];
  async function deliver(guarantee: Guarantee<'external'>, result: () => unknown) {
    const handle: ExternalHandler<ReturnType<typeof anOrder>> = async (_event, { idempotencyKey }) => {
      keys.push(idempotencyKey);
      return result() as never;
    };
    const consumer = createConsumer({ name: 'orders', parse: parseOrderEvent, guarantee, handle }, wiring);
    const { batchItemFailures } = await consumer(
      sqsEvent(sqsRecord(anOrder({ subject: '1' }), { messageId: 'm-1' })),
      remaining(),
    );
    return batchItemFailures.length === 0 ? 'acknowledged' : 'waits';
  }
  beforeEach(() => {
    keys.length = 0;
  });

  it.each(
    effects,
  )('at-least-once: the attempt fails, and the next call has the same key: %s', async (_, result, says) => {
    await expect(deliver(atLeast, result)).resolves.toBe('waits');
    expect(deliveriesOf(wiring)[0]).toMatchObject({ outcome: 'failed', code: 'NO_EFFECTS', attempts: 1 });
    expect(deliveriesOf(wiring)[0]?.reason).toContain(says);
    expect(recordOf('1')).toMatchObject({ status: 'RETRYING', attempts: 1 });
    await expect(deliver(atLeast, () => undefined)).resolves.toBe('acknowledged');
    expect(keys).toEqual([keys[0], keys[0]]);
  });

  it.each(
    effects,
  )('at-most-once: the outcome is unknown, because the handler has acted: %s', async (_, result, says) => {
    await expect(deliver(atMostOnce(), result)).resolves.toBe('acknowledged');
    expect(deliveriesOf(wiring)[0]).toMatchObject({ outcome: 'unknown' });
    expect(deliveriesOf(wiring)[0]?.reason).toContain(says);
    expect(recordOf('1')).toMatchObject({ status: 'OUTCOME_UNKNOWN', body: expect.any(String) });
  });

  const circle: unknown[] = [];
  circle.push(circle, 1);
  const trap = {
    get kind(): string {
      throw new Error('not now');
    },
  };
  it.each<readonly [string, unknown]>([
    ['a list of texts', ['put', 'raw']],
    ['a list that holds itself', circle],
    ['an object of the same kind that writes nothing', { kind: 'put', parcel: 7 }],
    ['a member that throws when it is read', [trap]],
    ['an object that holds a list', { kind: 'receipt', table: 4 }],
    ['bytes', Buffer.from('paid')],
  ])('any other result is stored unchanged: %s', async (_, result) => {
    await expect(deliver(atMostOnce(), () => result)).resolves.toBe('acknowledged');
    expect(deliveriesOf(wiring)[0]).toMatchObject({ outcome: 'applied' });
  });
});

describe('a store that gets an invalid effect', () => {
  it.each<readonly [string, unknown]>([
    ['a promise', Promise.resolve(good())],
    ['a misspelt kind', { ...good(), kind: 'Put' }],
    ['no raw write', raw(undefined as never)],
    ['no item', { kind: 'put', table: 'orders' }],
    ['no amounts', { kind: 'increment', table: 'ledger', key: { orderId: '1' } }],
  ])('refuses it: %s', (_, effect) => {
    expect(wiring.memory.tables.apply([good(), effect as Effect])).toMatchObject({
      kind: 'refused',
      by: 'request',
      effects: [1],
    });
    expect(wiring.memory.tables.items('orders')).toEqual([]);
  });
});
