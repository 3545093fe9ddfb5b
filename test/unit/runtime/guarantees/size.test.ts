import { sizeOf } from '../../../../runtime/guarantees/size.ts';

describe('what DynamoDB or its client may refuse has no end to its size', () => {
  it.each<readonly [string, unknown]>([
    ['an instance of a class', new Date(0)],
    ['an object with a constructor of its own', { constructor: 'x' }],
    ['a function', () => 1],
    ['no number', Number.NaN],
    ['an attribute without a name', { '': 1 }],
  ])('%s, at any depth', (_, value) => {
    expect(sizeOf(value)).toBe(Number.POSITIVE_INFINITY);
    expect(sizeOf({ list: [{ value }] })).toBe(Number.POSITIVE_INFINITY);
  });

  it('unlike that of what it takes', () => {
    const item = {
      orderId: '1',
      total: 15.3,
      lines: [{ sku: 'a', gift: true, note: null, more: undefined }],
    };
    expect(sizeOf(item)).toBeLessThan(200);
    expect(sizeOf(Object.assign(Object.create(null), item))).toBe(sizeOf(item));
  });
});
