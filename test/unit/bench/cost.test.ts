import { setTimeout as delay } from 'node:timers/promises';
import { marshall } from '@aws-sdk/util-dynamodb';
import { VirtualLatency } from '../../../bench/cost/virtual-latency.ts';
import { unitsOf, writesOf } from '../../../bench/cost/writes.ts';
import { sizeOf } from '../../../runtime/values/item-size.ts';

describe("an item's size", () => {
  it.each([
    // Names and values: DynamoDB Developer Guide, "DynamoDB item sizes and formats".
    [{ id: 'é' }, 2 + 2],
    [{ n: 15.3 }, 1 + 3],
    [{ n: 1_000 }, 1 + 2],
    [{ yes: true, no: null }, 3 + 1 + 2 + 1],
    [{ list: ['ab', 'c'] }, 4 + 3 + 2 + 1 + 1 + 1],
    [{ map: { k: 'v' } }, 3 + 3 + 1 + 1 + 1],
  ])('is, for %j, %i bytes', (item, bytes) => {
    expect(sizeOf(marshall(item))).toBe(bytes);
  });
});

describe('write units', () => {
  const sized = (bytes: number) => marshall({ id: 'x'.repeat(bytes - 2) });
  const write = { table: 'records', key: sized(10) };

  it.each([
    ['1 KB', sized(1024), undefined, false, 1],
    ['a byte more', undefined, sized(1025), false, 2],
    ['an item that shrinks', sized(3000), sized(10), false, 3],
    ['in a transaction', sized(1025), sized(10), true, 4],
    ['no item at all', undefined, undefined, false, 1],
  ])('count %s', (_, before, after, inTransaction, units) => {
    expect(unitsOf(write, before, after, inTransaction)).toBe(units);
  });

  it('of a refused write are those of the item that it would have written', () => {
    expect(unitsOf({ ...write, proposed: sized(2000) }, sized(10), sized(10), false)).toBe(2);
  });

  it('of a transaction are the sum over its items', () => {
    // GIVEN a put and an update in one transaction
    const Put = { TableName: 'orders', Item: marshall({ orderId: '1', total: 2 }) };
    const Update = { TableName: 'ledger', Key: marshall({ account: 'a' }), UpdateExpression: 'ADD n :n' };
    // WHEN its writes are asked for
    const writes = writesOf(
      { TransactItems: [{ Put }, { Update }] },
      { orders: 'orderId', ledger: 'account' },
    );
    // THEN both are there, by their keys
    expect(writes).toEqual([
      { table: 'orders', key: marshall({ orderId: '1' }), proposed: Put.Item },
      { table: 'ledger', key: Update.Key },
    ]);
  });
});

describe('virtual latency', () => {
  it('is the latency of the longest chain of requests, whatever the real requests take', async () => {
    // GIVEN requests of 5 ms each
    const time = new VirtualLatency(5);
    const request = (really: number) => time.during(() => delay(really));
    // WHEN a chain of three runs beside one of two, whose requests are slower here
    const three = async () => {
      for (const really of [1, 1, 1]) await request(really);
    };
    const two = async () => {
      for (const really of [20, 20]) await request(really);
    };
    await Promise.all([three(), two()]);
    // THEN three requests have passed
    expect(time.now).toBe(15);
  });

  it('continues after a failed request', async () => {
    const time = new VirtualLatency(5);
    await expect(time.during(() => Promise.reject(new Error('refused')))).rejects.toThrow('refused');
    await time.during(async () => {});
    expect(time.now).toBe(10);
  });
});
