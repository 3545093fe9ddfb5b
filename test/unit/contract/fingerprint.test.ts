import fc from 'fast-check';
import { type CloudEvent, readEvent } from '../../../contract/event/event-parser.ts';
import { earliestFingerprint, fingerprint } from '../../../contract/event/fingerprint.ts';
import { anOrder } from '../../support/orders.ts';

const parse = readEvent;
const event = { ...anOrder({ time: '2010-12-01T08:26:00Z' }), tenant: 'one' };
const of = (value: object) => fingerprint(parse(JSON.stringify(value)));

describe('fingerprint', () => {
  it.each([
    ['id', { ...event, id: 'other' }],
    ['source', { ...event, source: 'urn:other' }],
    ['type', { ...event, type: 'order.cancelled' }],
    ['subject', { ...event, subject: 'other' }],
    ['partitionkey', { ...event, partitionkey: 'other' }],
    ['sequence', { ...event, sequence: '2' }],
    ['data', { ...event, data: { ...event.data, total: 15.31 } }],
    ['a null inside of data', { ...event, data: { ...event.data, note: null } }],
    ['data that is null, which is other than none', { ...event, data: null }],
    ['data that is missing', { ...event, data: undefined }],
    ['data_base64', { ...event, data: undefined, data_base64: 'AAAA' }],
    ['other data_base64', { ...event, data: undefined, data_base64: 'AAAB' }],
    ['datacontenttype', { ...event, datacontenttype: 'application/json' }],
    ['dataschema', { ...event, dataschema: 'urn:schema:2' }],
    ['an attribute of the producer', { ...event, tenant: 'two' }],
    ['the type of an attribute', { ...event, tenant: 1 }],
    ['an attribute that is missing', { ...event, tenant: undefined }],
    ['an attribute of a name that objects have', { ...event, constructor: 'one' }],
    ['another form of a character (NFC, NFD)', { ...event, tenant: 'e\u0301' }],
  ])('changes with %s', (_, other) => {
    const seen = new Set([
      of(event),
      of({ ...event, tenant: '\u00e9' }),
      of({ ...event, data_base64: undefined }),
    ]);
    expect(seen).not.toContain(of(other));
  });

  it.each([
    ['the time', { ...event, time: '2020-01-01T00:00:00Z' }],
    ['no time', { ...event, time: undefined }],
    ['the time of its recording', { ...event, recordedtime: '2020-01-01T00:00:00Z' }],
    ['a trace', { ...event, traceparent: '00-1-2-01', tracestate: 'a=b' }],
    ['attributes that are null', { ...event, dataschema: null, note: null, time: null, data_base64: null }],
    ['the order of keys', Object.fromEntries(Object.entries(event).reverse())],
  ])('does not change with %s', (_, other) => {
    expect(of(other)).toBe(of(event));
  });

  it('starts with the name of its algorithm, and does not change between versions, because records store it', () => {
    expect(fingerprint(event)).toBe('2:26ca2912ed180ebff7afcf5c675f395c29dba9c64a498088629a9353e5676e2f');
    expect(earliestFingerprint(event)).toBe(
      'b5cb75c4cdb4ee59ad4cd052247ce57df50da890c52c39a921d07545820185f1',
    );
  });

  it("ignores attributes that are null, also if the user's own parser keeps them", () => {
    const unparsed = { ...event, subject: null } as object as CloudEvent;
    const { subject: _, ...without } = event;
    expect(fingerprint(unparsed)).toBe(fingerprint(without));
  });
});

/** Two texts are of one content if and only if what they say is equal, however they say it. */
describe('the fingerprint of a text', () => {
  const values = fc.jsonValue({ maxDepth: 3 }).filter((value) => {
    const numbers = JSON.stringify(value).match(/[eE][+-]?\d+/g) ?? [];
    const isKept = numbers.every((exponent) => Math.abs(Number(exponent.slice(1))) < 100);
    return isKept && !JSON.stringify(value).includes('"__proto__"');
  });
  const events = fc.record({ data: values, tenant: fc.option(fc.stringMatching(/^[a-z]{0,3}$/)) });

  it('is the same for every JSON text of an event', () => {
    fc.assert(
      fc.property(events, fc.boolean(), (over, indented) => {
        const whole = { ...event, ...over };
        const text = JSON.stringify(
          Object.fromEntries(Object.entries(whole).reverse()),
          null,
          indented ? 2 : 0,
        );
        expect(fingerprint(parse(respelled(text)))).toBe(of(whole));
      }),
      { numRuns: 500 },
    );
  });

  it('differs for every other content', () => {
    fc.assert(
      fc.property(events, events, (one, other) => {
        const areSame = JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
        expect(of({ ...event, ...one }) === of({ ...event, ...other })).toBe(areSame);
      }),
      { numRuns: 500 },
    );
  });
});

/** The same JSON in another spelling: letters escaped, integers with a fraction or an exponent. */
function respelled(text: string): string {
  return text.replace(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g, (token) => {
    if (/^-?\d+$/.test(token)) return text.length % 2 === 0 ? `${token}.0` : `${token}e0`;
    if (!token.startsWith('"') || token.includes('\\')) return token;
    return token.replace(/[a-z]/, (letter) => `\\u00${letter.charCodeAt(0).toString(16)}`);
  });
}

function sorted(value: unknown): unknown {
  if (Object.is(value, -0)) return 0;
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([key, member]) => [key, sorted(member)] as const);
  return { members: members.sort(([a], [b]) => (a < b ? -1 : 1)) };
}
