import fc from 'fast-check';
import { canonicalJson } from '../../../contract/event/canonical-json.ts';

describe('canonicalJson', () => {
  it('writes the example of RFC 8785, section 3.2.3, in its order', () => {
    // GIVEN the RFC's keys, whose order differs between code points and UTF-16 code units
    const value = {
      '\u20ac': 'Euro Sign',
      '\r': 'Carriage Return',
      '\ufb33': 'Hebrew',
      '1': 'One',
      '\ud83d\ude00': 'Emoji',
      '\u0080': 'Control',
      '\u00f6': 'o',
    };
    // THEN they come by code units
    expect(canonicalJson(value)).toBe(
      '{"\\r":"Carriage Return","1":"One","\u0080":"Control","\u00f6":"o","\u20ac":"Euro Sign","\ud83d\ude00":"Emoji","\ufb33":"Hebrew"}',
    );
  });

  it('returns the same text for every order of keys, and that text parses to the same value', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const reversed = Object.fromEntries(Object.entries(value).reverse());
        expect(canonicalJson(reversed)).toBe(canonicalJson(value));
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('keeps an own key named __proto__, and leaves out undefined members', () => {
    expect(canonicalJson(JSON.parse('{"__proto__":1,"a":2}'))).toBe('{"__proto__":1,"a":2}');
    expect(canonicalJson({ b: undefined, a: [undefined, null] })).toBe('{"a":[null,null]}');
  });

  it('escapes the characters that SQS would replace, in keys and in values', () => {
    const value = { 'a\ufffe': ['\uffff\ufffd'] };
    expect(canonicalJson(value)).toBe('{"a\\ufffe":["\\uffff\ufffd"]}');
    expect(JSON.parse(canonicalJson(value))).toEqual(value);
  });

  it('writes null for the holes of an array, as JSON.stringify does', () => {
    expect(canonicalJson(new Array(2))).toBe('[null,null]');
  });

  it('uses toJSON of a value, as JSON.stringify does', () => {
    const value = {
      at: new Date(0),
      amounts: [{ toJSON: () => '1.50' }],
      ends: { toJSON: () => ({ b: 1, a: 2 }) },
    };
    expect(canonicalJson(value)).toBe(
      '{"amounts":["1.50"],"at":"1970-01-01T00:00:00.000Z","ends":{"a":2,"b":1}}',
    );
  });
});
