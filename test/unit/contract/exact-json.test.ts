import { inspect } from 'node:util';
import fc from 'fast-check';
import { InvalidEventError } from '../../../contract/errors.ts';
import { parseExactJson } from '../../../contract/event/exact-json.ts';

function refusal(text: string): { code: string; field: string | undefined } {
  try {
    parseExactJson(text);
  } catch (error) {
    if (error instanceof InvalidEventError) return { code: error.code, field: error.field };
    throw error;
  }
  throw new Error(`accepted: ${text}`);
}

describe('parseExactJson', () => {
  it('returns the original value for all JSON that JavaScript writes', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        const text = JSON.stringify(value);
        const inRange = [...text.matchAll(/[eE]([+-]\d+)/g)].every(
          ([, exponent]) => Math.abs(Number(exponent)) < 100,
        );
        fc.pre(inRange);
        // Not against JSON.parse: V8 may misread escaped keys, see parse-json.ts.
        expect(JSON.stringify(parseExactJson(text))).toBe(text);
      }),
    );
  });

  it('accepts a decimal of any length if and only if a double keeps all of its digits', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 25n }), fc.nat(24), (digits, point) => {
        // GIVEN a decimal whose value BigInt knows exactly
        const padded = digits.toString().padStart(point + 1, '0');
        const token = point === 0 ? padded : `${padded.slice(0, -point)}.${padded.slice(-point)}`;
        // WHEN the double that it becomes is written out in full
        const kept = exactDecimal(Number(token));
        // THEN it is refused exactly where the two differ
        const same =
          kept !== undefined && kept.digits * 10n ** BigInt(point) === digits * 10n ** BigInt(kept.point);
        if (same) expect(parseExactJson(`{"n":${token}}`)).toEqual({ n: Number(token) });
        else expect(refusal(`{"n":${token}}`)).toEqual({ code: 'INEXACT_NUMBER', field: 'n' });
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['{"a":{"b":[1,{"c":12345678901234567890123456789012345678901}]}}', 'a.b[1].c'],
    ['{"total":0.1000000000000000055511151231257827}', 'total'],
    ['{"total":9007199254740993}', 'total'],
    ['{"total": 1e126}', 'total'],
    ['{"total": 1e-131}', 'total'],
    ['{"total": 1e999999999}', 'total'],
    ['{"total":-1E400}', 'total'],
    ['{"text":"1e999, 12345678901234567890","total":1e999}', 'total'],
    ['[1.2345678901234567890]', '[0]'],
    ['12345678901234567890', undefined],
    ['{"total":1e999,"total":1}', undefined],
    ['{"text":"inexact number at 39","total":1e999}', 'total'],
  ])('refuses %s, and names the field', (text, field) => {
    expect(refusal(text)).toEqual({ code: 'INEXACT_NUMBER', field });
  });

  it.each([
    [
      '15.300000000000001',
      'Write the shortest form of the double, as JavaScript does, or write all digits as a string',
    ],
    ['-0.10000000000000001', 'Write the shortest form of the double'],
    ['9007199254740993', 'Write the shortest form of the double'],
    ['1234567.8900000000001', 'Write the shortest form of the double'],
    ['1e400', 'from 1e-130 to 1e125: write it as a string'],
    ['1e200', 'from 1e-130 to 1e125: write it as a string'],
    ['1e-400', 'from 1e-130 to 1e125: write it as a string'],
  ])('refuses %s, and says how to write it', (token, fix) => {
    expect(() => parseExactJson(`{"total":${token}}`)).toThrow('total: the number cannot be kept exactly. ');
    expect(() => parseExactJson(`{"total":${token}}`)).toThrow(fix);
    expect(parseExactJson(`{"total":"${token}"}`)).toEqual({ total: token });
  });

  it.each([
    ['{"name": Peter Smith}', 'it has a character that JSON does not allow at its place'],
    ['Peter Smith', 'it has a character that JSON does not allow at its place'],
    ['{"name":"Peter Smith",}', 'position 22'],
    ['{"name":"Peter Smith" 1}', "Expected ',' or '}' after property value in JSON at position 22"],
    ['{"name":"Peter Smith', 'Unterminated string in JSON at position 20'],
  ])('says what is wrong in %s, and quotes nothing of it', (text, problem) => {
    const error = thrown(() => parseExactJson(text));
    expect(error.message).toContain('The body is not JSON: ');
    expect(error.message).toContain(problem);
    expect(inspect(error, { depth: 9 })).not.toMatch(/Peter|Smith/);
  });

  it('quotes no number that cannot be kept', () => {
    const error = thrown(() => parseExactJson('{"card":4111111111111111111}'));
    expect(inspect(error, { depth: 9 })).not.toContain('4111');
  });

  it('ignores a byte order mark only at the start', () => {
    expect(parseExactJson('\ufeff{"total":1}')).toEqual({ total: 1 });
    expect(refusal('\ufeff\ufeff{"total":1}')).toMatchObject({ code: 'INVALID_JSON' });
  });

  it.each([
    '{"total":1.10}',
    '{"total":-0}',
    '{"total":0e999}',
    '{"total":1.5E2}',
    '{"total":1e22}',
    '{"total":1e125}',
    '{"total":1e-130}',
    '{"total":1000000000000000000000}',
    '{"text":"12345678901234567890 [1e999"}',
    '{"text":"\\", 1e999"}',
  ])('accepts %s', (text) => {
    expect(parseExactJson(text)).toEqual(JSON.parse(text));
  });

  it.each([
    `{"total":1${'0'.repeat(300_000)}}`,
    `{"${'x'.repeat(300_000)}":1e999}`,
    `{"${'x'.repeat(300_000)}":"\\ud800"}`,
  ])('refuses a value as long as a message with a short error', (text) => {
    expect(refusal(text).field?.length ?? 0).toBeLessThanOrEqual(1000);
    expect(() => parseExactJson(text)).toThrow(/^.{1,1000}$/);
  });

  it('refuses invalid JSON with the reason', () => {
    expect(refusal('order')).toEqual({ code: 'INVALID_JSON', field: undefined });
    expect(refusal('')).toEqual({ code: 'INVALID_JSON', field: undefined });
  });

  it('refuses any nesting that is too deep for DynamoDB', () => {
    expect(refusal(`${'['.repeat(31)}1${']'.repeat(31)}`).code).toBe('NESTED_TOO_DEEP');
    expect(refusal(`${'['.repeat(100_000)}${']'.repeat(100_000)}`).code).toBe('NESTED_TOO_DEEP');
    expect(refusal(`${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`).code).toBe('NESTED_TOO_DEEP');
    expect(parseExactJson(`${'['.repeat(30)}1${']'.repeat(30)}`)).toBeDefined();
  });

  it('refuses the key __proto__, which copies of an object lose', () => {
    expect(refusal('{"data":{"__proto__":{"total":1}}}')).toEqual({
      code: 'INVALID_EVENT',
      field: 'data.__proto__',
    });
  });

  it('refuses a number as long as a message quickly', () => {
    // GIVEN what took 48 s while the zeros at a number's end were found by a regular expression
    expect(refusal(`{"total":0.1${'0'.repeat(250_000)}1}`)).toEqual({
      code: 'INEXACT_NUMBER',
      field: 'total',
    });
  });

  it.each([
    ['{"a1":0,"\\\\":0}', '{"a1":0,"\\n":0}', ['a1', '\n']],
    ['{"a2":0,"\\\\":0}', '{"a2":0,"\\u0041":0}', ['a2', 'A']],
    ['{"a3":0,"tot\\\\u":0}', '{"a3":0,"tot\\u0061l":0}', ['a3', 'total']],
  ])('reads escaped keys correctly after %s, which V8 confuses with %s', (before, text, keys) => {
    parseExactJson(before);
    parseExactJson(before);
    expect(Object.keys(parseExactJson(text) as object)).toEqual(keys);
    expect(Object.keys((parseExactJson(`[${text},{"b":1}]`) as object[])[0] ?? {})).toEqual(keys);
  });

  it('refuses an escaped __proto__ key, whatever was parsed before', () => {
    parseExactJson('{"a4":0,"\\\\u005f_pr":0}');
    expect(refusal('{"a4":0,"\\u005f_proto__":0}').field).toBe('__proto__');
  });

  it('uses the last of equal keys, whether they are escaped or not', () => {
    expect(parseExactJson('{"a":1,"\\u0061":2,"b":{"7":1,"\\n":[]},"a":3}')).toEqual({
      a: 3,
      b: { '7': 1, '\n': [] },
    });
  });

  it('refuses a lone surrogate in a value and in a key', () => {
    expect(refusal('{"a":["\\ud800"]}')).toEqual({ code: 'INVALID_EVENT', field: 'a[0]' });
    expect(refusal('{"\\udc00":1}').code).toBe('INVALID_EVENT');
    expect(refusal('{"":"\\ud800"}').field).toBe('[""]');
    expect(refusal('"\\ud800"')).toEqual({ code: 'INVALID_EVENT', field: undefined });
  });
});

/** The shortest decimal of a double as an integer and the place of its point. */
function exactDecimal(value: number): { digits: bigint; point: number } | undefined {
  const match = /^(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(value));
  if (match === null) return undefined;
  const [, whole = '', fraction = '', exponent = '0'] = match;
  const point = fraction.length - Number(exponent);
  const digits = BigInt(whole + fraction);
  return point >= 0 ? { digits, point } : { digits: digits * 10n ** BigInt(-point), point: 0 };
}

it('a missing body is refused as invalid JSON', () => {
  expect(refusal(undefined as unknown as string)).toMatchObject({ code: 'INVALID_JSON' });
});

function thrown(call: () => unknown): Error {
  try {
    call();
  } catch (error) {
    return error as Error;
  }
  throw new Error('Nothing was thrown');
}
