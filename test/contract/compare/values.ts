import { NumberValueImpl } from '@aws-sdk/util-dynamodb';
import * as fc from 'fast-check';

/** Names that code may take for something else than an attribute, and the longest one. */
const oddNames = [
  ...[
    'constructor',
    'toString',
    'hasOwnProperty',
    'valueOf',
    'then',
    'toJSON',
    'length',
    'wrapNumbers',
    'name',
  ],
  ...['S', 'N', 'M', 'L', 'SS', 'NULL', 'status', 'a b', 'a.b', '#a0', ':a0', '0', 'é😀', '"', '\u0000'],
  ...['x'.repeat(255), 'x'.repeat(65_535)],
];

/** Names of attributes, most of them ordinary ones. */
export function names(): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 60, arbitrary: fc.constantFrom('a', 'b', 'total', 'note', 'constructor') },
    { weight: 20, arbitrary: fc.constantFrom(...oddNames) },
    { weight: 1, arbitrary: fc.constantFrom('__proto__', '', 'x'.repeat(65_536)) },
  );
}

const nines = '9'.repeat(38);

/** Numbers, among them those at the limits of doubles and of DynamoDB, and seldom beyond. */
export function numbers(): fc.Arbitrary<unknown> {
  const exact = (...texts: readonly string[]) => texts.map((text) => new NumberValueImpl(text));
  return fc.oneof(
    { weight: 40, arbitrary: fc.integer({ min: -1000, max: 1000 }) },
    { weight: 40, arbitrary: fc.integer({ min: -99_999, max: 99_999 }).map((cents) => cents / 100) },
    { weight: 10, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e20, max: 1e20 }) },
    { weight: 6, arbitrary: fc.bigInt({ min: -(10n ** 38n), max: 10n ** 38n }) },
    {
      weight: 10,
      arbitrary: fc.constantFrom<unknown>(
        ...[0, -0, 1e-130, 1e125, 9.999999999999999e125, 2 ** 53, -(2 ** 63), 1e21, 1e-7],
        ...[BigInt(nines), -BigInt(nines), 10n ** 60n, 10n ** 125n],
        ...exact('0.1', nines, `${nines.slice(1)}.9`, `0.${nines}`, '1.50', '1e-130', '-9.9e125'),
      ),
    },
    {
      weight: 1,
      arbitrary: fc.oneof(
        fc.double(),
        fc.bigInt({ min: 10n ** 38n, max: 10n ** 40n }),
        fc.constantFrom<unknown>(
          ...[9.9e-131, 1e-131, 5e-324, 1e126, BigInt(`1${nines}`), 10n ** 126n],
          ...exact(`1.${nines}`, '-1e126', '9e-131', '1e999999'),
        ),
      ),
    },
  );
}

/** An instance of a class that may well stand in somebody's order. */
class Money {
  readonly amount = 5;
}

const bytes = () => fc.uint8Array({ maxLength: 4 });

/** Values that need care, and values that DynamoDB has no type for. */
function oddities(): fc.Arbitrary<unknown> {
  return fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom<unknown>(undefined, null, true, false, '') },
    { weight: 4, arbitrary: bytes() },
    { weight: 2, arbitrary: bytes().map((one) => Buffer.from(one)) },
    { weight: 1, arbitrary: bytes().map((one) => new Uint8Array(one).buffer) },
    {
      weight: 1,
      arbitrary: fc
        .constantFrom<() => unknown>(
          () => new Date(0),
          () => new Money(),
          () => new Error('no'),
          () => new URL('https://example.com'),
          () => /x/,
          () => new WeakMap(),
          () => Promise.resolve(1),
          () => () => 1,
          () => Symbol('no'),
          () => new String('text'),
          () => new Number(1.5),
          () => new Boolean(false),
          () => new Uint16Array([1, 2]),
          () => new DataView(new ArrayBuffer(2)),
        )
        .map((make) => make()),
    },
  );
}

function sets(): fc.Arbitrary<unknown> {
  const members = fc.oneof(
    { weight: 8, arbitrary: fc.uniqueArray(fc.constantFrom('', 'a', 'b', 'é', 'ac'), { minLength: 1 }) },
    { weight: 8, arbitrary: fc.array(numbers(), { minLength: 1, maxLength: 3 }) },
    { weight: 4, arbitrary: fc.array(bytes(), { minLength: 1, maxLength: 3 }) },
    {
      weight: 1,
      arbitrary: fc.constantFrom<unknown[]>(
        [1, 1n],
        ['a', 1],
        [1, 'a'],
        [undefined],
        [],
        ['a', undefined],
        [null],
        [true],
        [{}],
        [['a']],
      ),
    },
  );
  return members.map((list) => new Set<unknown>(list));
}

/** Documents as deep as DynamoDB takes them, and a level deeper. */
function deepOnes(): fc.Arbitrary<unknown> {
  return fc
    .tuple(fc.integer({ min: 29, max: 33 }), fc.boolean(), fc.constantFrom<unknown>('x', undefined, {}, []))
    .map(([levels, isList, core]) => {
      let value: unknown = core;
      for (let level = 0; level < levels; level += 1) value = isList ? [value] : { a: value };
      return value;
    });
}

/** Any value that a handler may put into an item. */
export function values(): fc.Arbitrary<unknown> {
  const text = fc.oneof(
    { weight: 5, arbitrary: fc.string({ maxLength: 8 }) },
    { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 4 }) },
    { weight: 1, arbitrary: fc.constantFrom('x\ud800', '\u0000', '\ufffe', '__proto__') },
  );
  const leaf = fc.oneof(
    { weight: 30, arbitrary: text },
    { weight: 30, arbitrary: numbers() },
    { weight: 6, arbitrary: oddities() },
    { weight: 5, arbitrary: sets() },
  );
  const { value } = fc.letrec<{ value: unknown }>((tie) => {
    const members = fc.array(fc.tuple(names(), tie('value')), { maxLength: 3 });
    return {
      value: fc.oneof(
        { maxDepth: 3, withCrossShrink: true },
        { weight: 12, arbitrary: leaf },
        { weight: 3, arbitrary: fc.array(tie('value'), { maxLength: 3 }) },
        { weight: 3, arbitrary: members.map((entries) => Object.fromEntries(entries)) },
        {
          weight: 1,
          arbitrary: members.map((entries) =>
            Object.assign(Object.create(null), Object.fromEntries(entries)),
          ),
        },
        { weight: 1, arbitrary: members.map((entries) => new Map<unknown, unknown>(entries)) },
        {
          weight: 1,
          arbitrary: fc
            .constantFrom('Set', 'Map', 'Object', 'Number')
            .map((name) => ({ constructor: { name } })),
        },
      ),
    };
  });
  return fc.oneof({ weight: 60, arbitrary: value }, { weight: 1, arbitrary: deepOnes() });
}
