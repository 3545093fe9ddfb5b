import { NumberValueImpl } from '@aws-sdk/util-dynamodb';
import { marshallItem, unmarshallItem } from '../../../../runtime/values/attribute-values.ts';

class Money {
  readonly amount = 5;
}

function aCircle(): Record<string, unknown> {
  const item: Record<string, unknown> = {};
  return Object.assign(item, { self: item });
}

describe('an item in the types of DynamoDB', () => {
  it('has the type of each value', () => {
    const item = {
      text: 'a',
      number: 1.5,
      large: 10n ** 30n,
      exact: new NumberValueImpl('0.12345678901234567890'),
      flag: false,
      nothing: null,
      list: ['a', 1],
      map: { a: 1 },
      bytes: new Uint8Array([1]),
      texts: new Set(['a', '']),
      numbers: new Set([1, 2n]),
    };
    expect(marshallItem(item)).toEqual({
      text: { S: 'a' },
      number: { N: '1.5' },
      large: { N: `1${'0'.repeat(30)}` },
      exact: { N: '0.12345678901234567890' },
      flag: { BOOL: false },
      nothing: { NULL: true },
      list: { L: [{ S: 'a' }, { N: '1' }] },
      map: { M: { a: { N: '1' } } },
      bytes: { B: new Uint8Array([1]) },
      texts: { SS: ['a', ''] },
      numbers: { NS: ['1', '2'] },
    });
  });

  it.each<readonly [string, unknown]>([
    ['has no prototype', Object.assign(Object.create(null), { a: 1 })],
    ['was made in another realm', structuredClone({ a: 1 })],
    ['is a Map', new Map([['a', 1]])],
  ])('is the same if an object %s', (_, value) => {
    expect(marshallItem({ value })).toEqual({ value: { M: { a: { N: '1' } } } });
  });

  it('leaves out undefined members, in lists and sets too', () => {
    const item = { a: undefined, list: [1, undefined, 2], set: new Set(['a', undefined]) };
    expect(marshallItem(item)).toEqual({ list: { L: [{ N: '1' }, { N: '2' }] }, set: { SS: ['a'] } });
  });

  it('writes wrapper objects of primitive values as those values', () => {
    const item = { a: new String('x'), b: new Number(1), c: new Boolean(false) };
    expect(marshallItem(item)).toEqual({ a: { S: 'x' }, b: { N: '1' }, c: { BOOL: false } });
  });

  it('copies binary values of every view', () => {
    const bytes = new Uint8Array([1, 2, 3]);
    const { view, buffer } = marshallItem({ view: bytes.subarray(1), buffer: bytes.buffer });
    bytes.fill(0);
    expect([view?.B, buffer?.B].map((one) => Buffer.from(one ?? []).toString('hex'))).toEqual([
      '0203',
      '010203',
    ]);
  });

  it('reads numbers as doubles if a double is exact, and as exact digits otherwise', () => {
    const numbers = ['1.50', '0', '1e21', '9007199254740993', '12345678901234567890.5', '1e-130'];
    const { list } = unmarshallItem({ list: { L: numbers.map((N) => ({ N })) } });
    expect(list).toEqual([
      1.5,
      0,
      10n ** 21n,
      9007199254740993n,
      new NumberValueImpl('12345678901234567890.5'),
      1e-130,
    ]);
  });

  it.each<readonly [unknown, string]>([
    [
      { lines: [{ when: new Date(0) }] },
      'item.lines[0].when: an instance of Date has no DynamoDB type; give its ISO text',
    ],
    [{ price: new Money() }, 'item.price: an instance of Money has no DynamoDB type; give a plain object'],
    [{ price: Promise.resolve(1) }, 'item.price: an instance of Promise has no DynamoDB type; await it'],
    [{ a: () => 1 }, 'item.a: a function has no DynamoDB type; leave it out'],
    [{ a: Number.NaN }, 'item.a: NaN is not a number of DynamoDB'],
    [{ a: 10n ** 38n + 1n }, 'item.a: the number has 39 digits; a number of DynamoDB has at most 38'],
    [{ a: 1e126 }, "item.a: the number is outside of DynamoDB's numbers, 1e-130 to 9.9e125"],
    [{ a: new Set() }, 'item.a: a set is empty, which DynamoDB does not take; leave it out'],
    [
      { a: new Set<unknown>(['a', 1]) },
      'item.a: a set of DynamoDB has only texts, only numbers or only binary values; give a list',
    ],
    [{ a: new Set<unknown>([1, 1n]) }, 'item.a: a value is in the set twice'],
    [{ a: { '': 1 } }, 'item.a[""]: an attribute has an empty name, which DynamoDB does not take'],
    [
      {
        a: new Map([
          [1, 1],
          ['1', 2],
        ] as never),
      },
      'item.a[1]: two keys of a Map have this name',
    ],
    [{ a: new Map([[{}, 1]]) }, 'is not a name; give a text'],
    [{ a: { [Symbol('x')]: 1 } }, 'item.a: Symbol(x) is not a name; give a text'],
    [Object.fromEntries([['__proto__', 1]]), 'item.__proto__: an attribute must not be named "__proto__"'],
    [aCircle(), 'nested deeper than the 31 levels that DynamoDB takes below an item'],
    [new Money(), 'item: an instance of Money is not an item; give a plain object'],
    [undefined, 'item: undefined is not an item; give a plain object'],
    [[], 'item: a list is not an item; give a plain object'],
  ])('is refused with an error that names the place and the fix: case %#', (item, reason) => {
    expect(() => marshallItem(item)).toThrow(reason);
  });
});
