import { MemoizedHandler } from '../../../runtime/delivery/memoized-handler.ts';
import { type Effect, put } from '../../../runtime/index.ts';
import { anOrder } from '../../support/orders.ts';

const effectsOf = (returned: readonly Effect[]) => new MemoizedHandler(() => returned).handle(anOrder());

async function itemOf(item: Record<string, unknown>): Promise<Record<string, unknown>> {
  const [effect] = await effectsOf([put('orders', item)]);
  return (effect as Extract<Effect, { kind: 'put' }>).item;
}

describe('the copy of the result of a handler', () => {
  it.each<readonly [string, object]>([
    ['bytes', Buffer.from('paid')],
    ['a set', new Set(['a', 'b'])],
    ['a map', new Map([['a', 1]])],
    ['a date', new Date(0)],
    ['a number of a class', new (class Decimal {})()],
  ])('keeps a value that is not a plain object unchanged: %s', async (_, value) => {
    // Its members are not all that it has, and the store has to know its class.
    const { list, member } = await itemOf({ list: [value], member: { value } });
    expect((list as unknown[])[0]).toBe(value);
    expect((member as { value: unknown }).value).toBe(value);
  });

  it.each<readonly [string, Record<string, unknown>]>([
    ['no value', { orderId: '1', note: undefined, notes: [undefined, null] }],
    ['the name of the prototype', JSON.parse('{"orderId":"1","__proto__":{"total":[1]}}')],
    ['no prototype', Object.assign(Object.create(null), { orderId: '1', lines: [{ sku: 'a' }] })],
  ])('has all members: %s', async (_, item) => {
    const copy = await itemOf(item);
    expect(copy).not.toBe(item);
    expect(Object.entries(copy)).toEqual(Object.entries(item));
  });

  it('of an instance of a subclass of Array is a plain list', async () => {
    class Effects extends Array<Effect> {
      constructor(...effects: Effect[]) {
        super();
        this.push(...effects);
      }
    }
    const effect = put('orders', { orderId: '1' });
    await expect(effectsOf(new Effects())).resolves.toStrictEqual([]);
    await expect(effectsOf(new Effects(effect))).resolves.toStrictEqual([effect]);
  });

  it('can be made of frozen objects', async () => {
    const effect = Object.freeze(put('orders', Object.freeze({ lines: Object.freeze(['a']) })));
    await expect(effectsOf(Object.freeze([effect]))).resolves.toEqual([effect]);
  });
});
