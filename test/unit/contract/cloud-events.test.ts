import { inspect } from 'node:util';
import * as v from 'valibot';
import { InvalidEventError } from '../../../contract/errors.ts';
import { cloudEvent, eventParser } from '../../../contract/event/event-parser.ts';

const parseAny = eventParser(cloudEvent);
const parse = (body: string) => parseAny({ body });

const smallest = { specversion: '1.0', id: '1', source: '/s', type: 't', partitionkey: 'k' };

function refusal(body: object | string): InvalidEventError {
  try {
    parse(typeof body === 'string' ? body : JSON.stringify(body));
  } catch (error) {
    if (error instanceof InvalidEventError) return error;
    throw error;
  }
  throw new Error(`accepted: ${JSON.stringify(body)}`);
}

/** Facts of the specification (core, JSON format, JSON schema), of the conformance suite and of the SDKs' own tests. */
const valid: readonly (readonly [string, object])[] = [
  ['the required attributes alone', {}],
  ['data that is an object', { data: { much: 'wow' } }],
  ['data that is a text', { data: '<much wow="xml"/>', datacontenttype: 'application/xml' }],
  ['data that is a number', { data: 1.5 }],
  ['data that is a list', { data: ['Hello', '🌎!'] }],
  ['data that is a boolean', { data: false }],
  ['data that is null', { data: null }],
  ['data that is an empty text', { data: '' }],
  ['binary data', { data_base64: 'eyJtdWNoIjoid293In0=' }],
  ['binary data of no bytes', { data_base64: '' }],
  ['binary data, and data that is null', { data_base64: 'Zm9vYg==', data: null }],
  ['data, and binary data that is null', { data: 1, data_base64: null }],
  ...[
    'text/plain; charset=us-ascii',
    'application/json; charset=utf-8',
    'application/json',
    'application/cloudevents+json;charset="utf-8"',
    'application/vnd.apache.thrift.binary',
    'multipart/form-data; boundary="a \\" b"',
    'TEXT/Plain; CharSet=utf-8',
    'image/png',
  ].map((datacontenttype) => [`datacontenttype ${datacontenttype}`, { datacontenttype }] as const),
  ...[
    'https://github.com/cloudevents',
    'https://github.com/cloudevents/spec/pull/123',
    'mailto:cncf-wg-serverless@lists.cncf.io',
    'urn:uuid:6e8bc430-9c3a-11d9-9669-0800200c9a66',
    'urn:event:from:myapi/resourse/123',
    'cloudevents/spec/pull/123',
    '/cloudevents/spec/pull/123',
    '/sensors/tn-1234567/alerts',
    '1-555-123-4567',
    '//github.com/cloudevents/cloudeventsconformance/yaml/v1.yaml',
    '/mycontext/subcontext',
    'http://unit.test',
    'http://[2001:db8::7]:8080/c=GB?objectClass?one',
    'http://user:secret@a.example:/x',
    'http://a.example?q#f',
    '#fragment',
    '?query',
    '/gr%C3%B6%C3%9Fe',
    'file:///etc/hosts',
    '.',
    'a/b:c',
  ].map((source) => [`source ${source}`, { source }] as const),
  ...['http://example.com/registry/myschema.json', 'urn:schema', 'https://a.example/s#v1'].map(
    (dataschema) => [`dataschema ${dataschema}`, { dataschema }] as const,
  ),
  ['a subject', { subject: 'mynewfile.jpg' }],
  ['a subject with colons and slashes', { subject: 'partnerid/5:clientid/100' }],
  ['a time', { time: '2018-04-05T17:31:00Z' }],
  ['a time ahead of UTC', { time: '2018-04-05T18:31:00+01:00' }],
  ['a time behind UTC', { time: '2018-04-05T16:31:00-01:00' }],
  ['nanoseconds that are 0', { time: '2018-04-05T17:31:00.000000000Z' }],
  [
    'extensions of all types',
    {
      extinteger: 10,
      extboolean: true,
      extstring: 'text',
      exturi: 'https://cloudevents.io',
      exturiref: '//authority/path',
      exttimestamp: '2023-03-31T15:12:00Z',
      extbinary: 'TWE=',
    },
  ],
  ["Go's zero time", { time: '0001-01-01T00:00:00Z' }],
  ['nanoseconds', { time: '2018-04-05T03:56:24.123456789Z' }],
  ['an extension that is a text', { comexampleextension1: 'value' }],
  ['an extension that is an empty text', { comexampleextension1: '' }],
  ['an extension that is JSON in a text', { comexampleextension2: '{"othervalue": 5}' }],
  ['an extension that is an integer', { comexampleothervalue: 5 }],
  ['the least integer', { number: -2147483648 }],
  ['the greatest integer', { number: 2147483647 }],
  ['an extension that is a boolean', { extboolean: true }],
  ['an extension whose name is all digits', { 2026: 'x' }],
  ['an extension with a long name', { anameofmorethantwentyletters: 'x' }],
  ['a sequence that is no number', { sequence: '01J9ZK3V6WB1Z7K2M0X5T4QG8R' }],
  ['a sequence of two parts', { sequence: '000042-0007' }],
  ['a sequence with a sign', { sequence: '-5' }],
  ['a group of any characters', { partitionkey: 'line\n\t' }],
];

/** By the name of the attribute that is wrong. */
const invalid: readonly (readonly [field: string, what: string, over: object])[] = [
  ...['specversion', 'id', 'source', 'type', 'partitionkey'].flatMap((name) => [
    [name, 'missing', { [name]: undefined }] as const,
    [name, 'null', { [name]: null }] as const,
    [name, 'empty', { [name]: '' }] as const,
    [name, 'a number', { [name]: 7 }] as const,
    [name, 'an object', { [name]: {} }] as const,
  ]),
  ...['subject', 'time', 'datacontenttype', 'dataschema', 'sequence'].flatMap((name) => [
    [name, 'empty', { [name]: '' }] as const,
    [name, 'a number', { [name]: 7 }] as const,
    [name, 'a boolean', { [name]: true }] as const,
  ]),
  ['specversion', 'of an earlier version', { specversion: '0.3' }],
  ['specversion', 'of a patch', { specversion: '1.0.2' }],
  ...['a b', 'größe', 'a%zz', 'http://[::1', 'x\\y', '<urn:x>', '1:2', ':x', 'a#b#c', '{id}'].map(
    (source) => ['source', source, { source }] as const,
  ),
  ...['schema.json', '/schema', '//a.example/s', '//cloudevents.io?query=value', 'a b', '1:x'].map(
    (dataschema) => ['dataschema', dataschema, { dataschema }] as const,
  ),
  ...['json', 'text/', '/json', 'text/plain;', 'text/plain; charset', 'a b/c', 'text/plain, text/html'].map(
    (datacontenttype) => ['datacontenttype', datacontenttype, { datacontenttype }] as const,
  ),
  ...[
    'lunchtime',
    '2018-04-05T18:31Z',
    '2018-04-05T18:31:00X',
    '2018-04-05T18:31:00+25:00',
    '2018-04-05T18:31:00+xx:00',
    '2018-04-05T18:31:00+05',
  ].map((time) => ['time', time, { time }] as const),
  ['datacontenttype', 'xyz', { datacontenttype: 'xyz' }],
  ['specversion', 'unknown', { specversion: '0.9' }],
  ['time', 'a time that the calendar has not', { time: '2026-02-30T25:61:00Z' }],
  ['time', 'without a zone', { time: '2026-01-01T00:00:00' }],
  ['data_base64', 'beside data', { data: {}, data_base64: 'AAAA' }],
  ['data_base64', 'no base64', { data_base64: '*' }],
  ['data_base64', 'without padding', { data_base64: 'Zm9vYg' }],
  ['data_base64', 'base64url', { data_base64: '-_-_' }],
  ['data_base64', 'an object', { data_base64: {} }],
  ...[
    'an extension',
    'an_extension',
    'an-extension',
    'an.extension',
    'my.extension',
    'MyExtension',
    'an+extension',
    'anExtension',
    'größe',
  ].map((name) => [name, 'no name of an attribute', { [name]: 'x' }] as const),
  ['[""]', 'no name of an attribute', { '': 'x' }],
  ['SpecVersion', 'in capitals', { specversion: undefined, SpecVersion: '1.0' }],
  ['objectextension', 'an object', { objectextension: { some: 'object' } }],
  ['listextension', 'a list', { listextension: [1] }],
  ['amount', 'a fraction', { amount: 1.5 }],
  ['my.extension', 'a fraction under no name of an attribute', { 'my.extension': 1.5 }],
  ['amount', 'more than 32 bits', { amount: 2147483648 }],
  ['amount', 'less than 32 bits', { amount: -2147483649 }],
  ...['id', 'type', 'subject', 'sequence', 'extension'].flatMap((name) =>
    ['\u0000', 'line\n', '\u001f', '\u007f', '\u0085', '\ufdd0', '\uffff', '\u{1fffe}'].map(
      (text) => [name, JSON.stringify(text), { [name]: text }] as const,
    ),
  ),
  ['extension', 'a lone surrogate', { extension: '\udead' }],
];

const unset = [
  'subject',
  'time',
  'datacontenttype',
  'dataschema',
  'sequence',
  'data_base64',
  'unsetextension',
];

describe('a CloudEvent', () => {
  it.each(valid)('is accepted with %s', (_, over) => {
    const event = { ...smallest, ...over };
    expect(() => parse(JSON.stringify(event))).not.toThrow();
  });

  it.each(unset)('whose %s is null equals an event without that attribute', (name) => {
    expect(parse(JSON.stringify({ ...smallest, [name]: null }))).toEqual(smallest);
  });

  it('keeps data that is null, which differs from absent data', () => {
    expect(parse(JSON.stringify({ ...smallest, data: null }))).toEqual({ ...smallest, data: null });
  });

  it.each(invalid)('is refused with an error that names its %s: %s', (field, _, over) => {
    const error = refusal({ ...smallest, ...over });
    expect(error).toMatchObject({ code: 'INVALID_EVENT', field });
    expect(error.message.startsWith(`${field}: `)).toBe(true);
  });

  it.each([
    ['an id that is a number', { id: 7 }, 'write the number in quotes'],
    ['an attribute in capitals', { TraceParent: '00' }, 'write "traceparent"'],
    ['a number that is no integer', { amount: 1.5 }, 'write the number in quotes'],
    ['another version', { specversion: '0.3' }, 'specversion: must be "1.0"'],
    ['no group', { partitionkey: undefined }, 'events of one key keep their order'],
    ['a source with spaces', { source: 'my shop' }, 'percent-encode spaces'],
  ])('with %s is refused with an error that names the fix', (_, over, fix) => {
    expect(refusal({ ...smallest, ...over }).message).toContain(fix);
  });

  it.each([
    ['a number', { partitionkey: 17850 }],
    ['an extension that is a long number', { customer: 17850000000 }],
    ['a text for a number', { data: { total: 'of 17850' } }],
    ['another type', { type: 'for.17850' }],
    ['another currency', { data: { total: 1, currency: '17850' } }],
    ['a text that is too long', { data: { total: 1, name: '17850 and more' } }],
  ])('that is refused for %s is not quoted in the error', (_, over) => {
    const strict = eventParser(
      v.looseObject({
        ...cloudEvent.entries,
        type: v.picklist([smallest.type]),
        data: v.optional(
          v.object({
            total: v.number(),
            currency: v.optional(v.pipe(v.string(), v.regex(/^[A-Z]{3}$/))),
            name: v.optional(v.pipe(v.string(), v.maxLength(5))),
          }),
        ),
      }),
    );
    let error: unknown;
    try {
      strict(JSON.stringify({ ...smallest, ...over }));
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({ code: 'INVALID_EVENT' });
    expect(inspect(error, { depth: 9 })).not.toContain('17850');
  });

  it('in binary mode is refused with an error that names the accepted mode', () => {
    expect(refusal({ orderId: '4711', total: 1 })).toMatchObject({ field: 'specversion' });
    expect(refusal({ orderId: '4711', total: 1 }).message).toContain('structured content mode');
  });

  it.each([
    [[]],
    [[smallest]],
    [[smallest, { ...smallest, specversion: '0.9' }]],
    [['no event', smallest]],
  ])('in a batch is refused: %j', (batch) => {
    expect(refusal(batch).message).toContain(
      'Send each event of a CloudEvents batch as a message of its own',
    );
  });

  it('is accepted as a body alone, and as a message with that body', () => {
    const body = JSON.stringify(smallest);
    expect(parseAny(body)).toEqual(smallest);
    expect(parseAny({ body })).toEqual(smallest);
  });

  it('is accepted with a byte order mark in front', () => {
    expect(parse(`\ufeff${JSON.stringify(smallest)}`)).toEqual(smallest);
  });

  it("is refused for an invalid attribute that the user's own schema does not check", () => {
    const loose = eventParser(v.looseObject({ ...cloudEvent.entries, subject: v.any() }));
    expect(() => loose({ body: JSON.stringify({ ...smallest, note: {} }) })).toThrow(
      'note: must be a string',
    );
    expect(() => loose({ body: JSON.stringify({ ...smallest, subject: '' }) })).toThrow(
      'subject: must not be empty',
    );
  });
});
