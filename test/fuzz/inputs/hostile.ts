import fc from 'fast-check';

/** Characters and words that mean something to somebody on the way: JavaScript, JSON, SQS, DynamoDB, a shell. */
const fragments = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'valueOf',
  'hasOwnProperty',
  'toJSON',
  'then',
  'length',
  '\0',
  '\ud800',
  '\udc00',
  '\ufeff',
  '\ufffe',
  '\uffff',
  '\u2028',
  '\u007f',
  '\u0085',
  '🙂',
  '#',
  '%23',
  '%',
  '"',
  '\\',
  '\\u',
  '. ',
  ',',
  '=',
  '-',
  '--',
  ' ',
  '\n',
  '\r',
  '[0]',
  '$&',
  '{}',
];

/** Text of any kind, lone surrogates included. */
export const texts: fc.Arbitrary<string> = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.array(fc.constantFrom(...fragments), { minLength: 1, maxLength: 4 }).map((parts) => parts.join('')),
  fc.constantFrom(...fragments),
  fc
    .tuple(fc.constantFrom('x', 'é', '🙂', '#', '\ufffe'), fc.integer({ min: 100, max: 3000 }))
    .map(([character, times]) => character.repeat(times)),
);

/**
 * Keys of any kind but with a backslash: V8 may misread those that come after it (see `parseJson`), in what checks too.
 */
export const keys: fc.Arbitrary<string> = texts.map((text) => text.replaceAll('\\', '/'));

/** What is written where a number belongs: JSON's numbers of any length and exponent, and what only looks like one. */
export const numerals: fc.Arbitrary<string> = fc.oneof(
  fc.double().map(String),
  fc.bigInt({ min: -(10n ** 45n), max: 10n ** 45n }).map(String),
  fc
    .tuple(
      fc.bigInt({ min: 0n, max: 10n ** 40n }),
      fc.nat(40),
      fc.option(fc.integer({ min: -400, max: 400 })),
    )
    .map(
      ([whole, zeros, exponent]) =>
        `${whole}.${'0'.repeat(zeros)}1${exponent === null ? '' : `e${exponent}`}`,
    ),
  fc.constantFrom(
    'NaN',
    'Infinity',
    '-Infinity',
    '-0',
    '-0.0e-5',
    '0e999999999999',
    '1e125',
    '1e126',
    '1e-130',
    '1e-131',
    '1E+2',
    '1e400',
    '-1e400',
    '5e-324',
    '9007199254740993',
    '1.7976931348623157e308',
    '0.1000000000000000055511151231257827',
    `1${'0'.repeat(37)}.5`,
    '0x10',
    '01',
    '.5',
    '+1',
    '1_000',
    '٣',
    '',
  ),
);

/** JSON as text, so that keys come twice and numbers keep their digits; most of it valid, not all. */
export const jsonTexts: fc.Arbitrary<string> = fc.letrec<{ value: string }>((tie) => {
  const string = texts.map((text) => JSON.stringify(text));
  return {
    value: fc.oneof(
      { maxDepth: 4, depthSize: 'small' },
      fc.oneof(fc.constantFrom('null', 'true', 'false', '""', '[]', '{}'), string, numerals),
      fc.array(tie('value'), { maxLength: 4 }).map((items) => `[${items.join(',')}]`),
      fc
        .array(
          fc.tuple(
            keys.map((key) => JSON.stringify(key)),
            tie('value'),
          ),
          { maxLength: 4 },
        )
        .map((members) => `{${members.map(([key, value]) => `${key}: ${value}`).join(',')}}`),
    ),
  };
}).value;

/** A body by somebody who knows nothing of events. */
export const bodies: fc.Arbitrary<string> = fc.oneof(
  texts,
  jsonTexts,
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes).toString()),
  jsonTexts.map((text) => `\ufeff${text}`),
);

const many = 100_000;
const size = 300_000;

/** Each of them finds an algorithm that takes quadratic time, or a stack that is too short. */
export const largeBodies: readonly string[] = [
  '['.repeat(many),
  `${'['.repeat(many)}${']'.repeat(many)}`,
  `${'{"a":'.repeat(many)}1${'}'.repeat(many)}`,
  `{"data":${'['.repeat(many)}${']'.repeat(many)}}`,
  `{"total":1${'0'.repeat(size)}}`,
  `{"total":0.${'0'.repeat(size)}1}`,
  `{"total":0.1${'0'.repeat(size)}1}`,
  `{"total":1e${'9'.repeat(size)}}`,
  `{"total":${'-'.repeat(size)}1}`,
  `{"a":"${'\\n'.repeat(size)}","total":1e999}`,
  `{"a":"${'\\"1e5 '.repeat(size / 4)}","total":1e5}`,
  `{"${'x'.repeat(size)}":1e999}`,
  `{"a":"${'\\ud83d'.repeat(size / 6)}"}`,
  `{${'"a":1e999,'.repeat(size / 10)}"a":1}`,
  `{${Array.from({ length: size / 10 }, (_, index) => `"${index}":1e5`).join(',')}}`,
  `[${'1e5,'.repeat(size / 4)}1]`,
  `[${'{},'.repeat(size / 3)}1e999]`,
  `{${'"\\n":{},'.repeat(size / 8)}"\\n":1}`,
  `${'{"\\n":'.repeat(many)}1${'}'.repeat(many)}`,
  '\0'.repeat(size),
  ' '.repeat(size),
  '"'.repeat(size),
  '\ufeff'.repeat(size),
];
