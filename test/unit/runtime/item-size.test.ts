import { marshallItem } from '../../../runtime/values/attribute-values.ts';
import { sizeOf } from '../../../runtime/values/item-size.ts';

describe('the size of an attribute', () => {
  // Measured on DynamoDB Local: how much shorter the longest text beside it may be.
  it.each<readonly [unknown, number]>([
    ['', 0],
    ['é😀', 6],
    [0, 1],
    [1, 2],
    [-12, 3],
    [123, 3],
    [10.5, 3],
    [100.5, 4],
    [12.345, 4],
    [1e21, 2],
    [12345678901234567890123456789012345678n, 20],
    [true, 1],
    [null, 1],
    [[], 3],
    [['a', 1], 8],
    [{ a: 'a', bb: '' }, 9],
    [[[]], 7],
    [new Set(['a', 'bb']), 3],
    [new Set([1, 22]), 4],
    [new Uint8Array(3), 3],
  ])('%p is, without its name, as DynamoDB counts it: %i bytes', (value, bytes) => {
    expect(sizeOf(marshallItem({ v: value }))).toBe(bytes + 1);
  });
});
