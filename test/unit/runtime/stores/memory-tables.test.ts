import { increment, put, remove } from '../../../../runtime/handler/effects/index.ts';
import { memoryTables } from '../../../../runtime/stores/memory/tables.ts';

const tables = () =>
  memoryTables({
    orders: ['orderId'],
    days: ['account', { name: 'day', type: 'N' }],
    files: [{ name: 'hash', type: 'B' }],
  });

describe('tables in memory', () => {
  it.each([
    [
      'a number',
      put('orders', { orderId: 5 }),
      'item.orderId: has type N, and table "orders" has keys of type S; give a text, or name the type in the table\'s keys',
    ],
    ['an empty text', put('orders', { orderId: '' }), 'item.orderId: is empty, and a key of table "orders"'],
    [
      'a text over 2,048 bytes',
      put('orders', { orderId: 'é'.repeat(1025) }),
      'item.orderId: has 2050 bytes; this key takes at most 2048',
    ],
    ['nothing', put('orders', {}), 'item.orderId: is missing, a key of table "orders"'],
    ['a part of the key', remove('days', { account: 'a' }), 'key.day: is missing, a key of table "days"'],
    [
      'more than the key',
      remove('orders', { orderId: 'a', day: 1 }),
      'key.day: is not a key of table "orders", whose key is orderId',
    ],
    ['a text for a number', put('days', { account: 'a', day: '1' }), 'has keys of type N; give a number'],
    [
      'an attribute of the key to add to',
      increment('days', { account: 'a', day: 1 }, { day: 1 }),
      'by.day: is part of the key, which never changes',
    ],
  ])('refuse %s, as DynamoDB does', (_, effect, reason) => {
    expect(tables().apply([effect])).toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining(reason),
    });
  });

  it('have no table with the name of a member of every object', () => {
    expect(() => tables().apply([put('constructor', { orderId: 'a' })])).toThrow(
      'There is no table "constructor"',
    );
  });

  it('compare keys by value: numbers as numbers, binary values by their bytes', () => {
    const all = tables();
    all.apply([put('days', { account: 'a', day: 1 }), put('files', { hash: Buffer.from('ab'), size: 2 })]);
    expect(all.apply([increment('days', { account: 'a', day: 1n as never }, { count: 1 })])).toEqual({
      kind: 'applied',
    });
    expect(all.items('days')).toEqual([{ account: 'a', day: 1, count: 1 }]);
    expect(all.item('files', { hash: new Uint8Array([97, 98]) })).toMatchObject({ size: 2 });
  });

  it('add decimals exactly to 38 digits, and refuse more', () => {
    const all = tables();
    const total = 12345678901234567890123456789012345678n;
    all.apply([put('orders', { orderId: 'a', total, part: 0.1 })]);
    expect(all.apply([increment('orders', { orderId: 'a' }, { total: 1, part: 0.2 })])).toEqual({
      kind: 'applied',
    });
    expect(all.items('orders')).toEqual([{ orderId: 'a', total: total + 1n, part: 0.3 }]);
    expect(all.apply([increment('orders', { orderId: 'a' }, { total: 0.1 })])).toMatchObject({
      kind: 'refused',
      reason: 'by.total: makes a number that has 39 digits; a number of DynamoDB has at most 38',
    });
  });

  it('refuse effects whose total size exceeds a transaction of DynamoDB', () => {
    const large = (n: number) => put('orders', { orderId: String(n), text: 'x'.repeat(400_000) });
    expect(tables().apply(Array.from({ length: 11 }, (_, n) => large(n)))).toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining('4194304 fit'),
    });
  });
});
