import type { SQSMessageAttributes, SQSRecord } from 'aws-lambda';
import fc from 'fast-check';
import { sha256 } from '../../../contract/event/identity.ts';
import { parseOrderEvent } from '../../../contract/orders/order-event.ts';
import { readMessage } from '../../../runtime/message/sqs-message.ts';
import type { DeadLetter } from '../../../runtime/ports/queues.ts';
import { type DeadLetterDetails, deadLetterOf } from '../../../runtime/settlement/dead-letter.ts';
import { texts } from '../../fuzz/inputs/hostile.ts';
import { checkTaken } from '../../fuzz/oracles/sqs-limits.ts';
import { anOrder } from '../../support/orders.ts';
import { sqsRecord } from '../../support/sqs.ts';
import { fakeWiring } from '../../support/wiring.ts';

const reason: DeadLetterDetails = { code: 'CONFLICT', message: 'why', consumer: 'fulfilment' };
const mostBytes = 1024 * 1024;

function copy(record: SQSRecord, over: Partial<DeadLetterDetails> = {}, limit?: number) {
  const message = readMessage(record, { name: 'fulfilment', parse: parseOrderEvent }, fakeWiring());
  return deadLetterOf(message, { ...reason, ...over }, limit);
}

function letter(attributes: SQSMessageAttributes, over: Partial<DeadLetterDetails> = {}) {
  return copy(sqsRecord(anOrder(), { attributes }), over).letter;
}

function reasonIn({ attributes }: DeadLetter) {
  return JSON.parse(attributes['dead-letter-reason']?.StringValue ?? '');
}

/** The attributes that are packed into one. */
function packedIn({ attributes }: DeadLetter) {
  return JSON.parse(attributes['packed-attributes']?.StringValue ?? '{}');
}

function text(value: string) {
  return { dataType: 'String', stringValue: value };
}

describe('deadLetterOf', () => {
  it('copies body, group and attributes, and uses the SQS message id as deduplication id', () => {
    const binary = { dataType: 'Binary', binaryValue: Buffer.from('bytes').toString('base64') };
    const copied = letter({ traceparent: text('00-1-2-01'), checksum: binary });
    expect(copied).toMatchObject({
      body: JSON.stringify(anOrder()),
      messageGroup: 'customer-17850',
      deduplicationId: 'message-1',
    });
    expect(copied.attributes).toMatchObject({
      traceparent: { DataType: 'String', StringValue: '00-1-2-01' },
      checksum: { DataType: 'Binary', BinaryValue: Buffer.from('bytes') },
    });
  });

  it('puts the reason into one JSON attribute', () => {
    const { attributes } = letter({});
    expect(JSON.parse(attributes['dead-letter-reason']?.StringValue ?? '')).toEqual({
      ...reason,
      messageGroup: 'customer-17850',
      sequence: '1',
      firstReceived: 1_700_000_000_001,
    });
  });

  it('keeps first-published, or sets it to the time of the queue if it is missing', () => {
    const published = { dataType: 'Number', stringValue: '1600000000000' };
    expect(letter({ 'first-published': published }).attributes['first-published']?.StringValue).toBe(
      '1600000000000',
    );
    expect(letter({}).attributes['first-published']).toEqual({
      DataType: 'Number',
      StringValue: '1700000000000',
    });
  });

  it('packs attributes beyond ten into one', () => {
    // GIVEN as many attributes as SQS takes
    const names = Array.from({ length: 10 }, (_, index) => `producer-${index}`);
    const binary = { dataType: 'Binary', binaryValue: Buffer.from('bytes').toString('base64') };
    const { attributes } = letter({
      ...Object.fromEntries(names.map((name) => [name, text(name)])),
      'producer-9': binary,
    });
    // THEN the copy has no more, and nothing is lost
    expect(Object.keys(attributes)).toHaveLength(10);
    const moved = packedIn({ attributes } as DeadLetter);
    expect({ ...attributes, ...moved }).toMatchObject(Object.fromEntries(names.map((name) => [name, {}])));
    expect(moved).toEqual({
      'producer-7': { type: 'String', value: 'producer-7' },
      'producer-8': { type: 'String', value: 'producer-8' },
      'producer-9': { type: 'Binary', value: binary.binaryValue },
    });
  });

  it('replaces the reason of an earlier move', () => {
    const { attributes } = letter({ 'dead-letter-reason': text('{"code":"OLD"}') });
    expect(attributes['dead-letter-reason']?.StringValue).toContain('CONFLICT');
  });

  it('writes a reason that SQS accepts, whatever it quotes', () => {
    const { attributes } = letter({}, { message: '\u0000\ufffe\ud800é' });
    const value = attributes['dead-letter-reason']?.StringValue ?? '';
    expect(value).toMatch(/^[\x20-\x7e]+$/);
  });

  it('packs attributes that SQS refuses', () => {
    const refused = {
      untyped: { stringValue: 'acme' },
      empty: text(''),
      strange: text('\ufffe'),
      'AWS.own': text('reserved'),
      '.dotted': text('first'),
      'two..dots': text('inside'),
      'with blank': text('blank'),
      list: { dataType: 'String.Array', stringListValues: ['a'] },
      half: { dataType: 'Stringly', stringValue: 'a' },
      long: { dataType: `String.${'x'.repeat(256)}`, stringValue: 'a' },
      word: { dataType: 'Number', stringValue: 'many' },
      digits: { dataType: 'Number', stringValue: '1'.repeat(39) },
      huge: { dataType: 'Number', stringValue: '1e127' },
      nothing: { dataType: 'Binary', binaryValue: '' },
      odd: { dataType: 'Binary', binaryValue: 'not base64' },
      absent: null,
    } as unknown as SQSMessageAttributes;
    const copied = letter({ ...refused, tenant: text('acme') });
    expect(Object.keys(copied.attributes)).toEqual([
      'tenant',
      'packed-attributes',
      'first-published',
      'dead-letter-reason',
    ]);
    expect(Object.keys(packedIn(copied))).toEqual(Object.keys(refused));
    expect(packedIn(copied)).toMatchObject({
      untyped: { type: '', value: 'acme' },
      digits: { type: 'Number', value: '1'.repeat(39) },
      absent: { type: '', value: '' },
    });
  });

  it('keeps custom types and numbers of every notation', () => {
    const attributes = {
      json: { dataType: 'String.json', stringValue: '{}' },
      price: { dataType: 'Number.decimal', stringValue: '-12.50' },
      small: { dataType: 'Number', stringValue: '1E-9' },
      picture: { dataType: 'Binary.png', binaryValue: 'AP8=' },
    };
    expect(letter(attributes).attributes).toMatchObject({
      json: { DataType: 'String.json', StringValue: '{}' },
      price: { DataType: 'Number.decimal', StringValue: '-12.50' },
      small: { StringValue: '1E-9' },
      picture: { DataType: 'Binary.png', BinaryValue: Buffer.from([0, 255]) },
    });
  });

  it('uses the time of the queue if the first-published time of the message is invalid', () => {
    const attributes = letter({ 'first-published': text('yesterday') }).attributes;
    expect(attributes['first-published']).toEqual({ DataType: 'Number', StringValue: '1700000000000' });
  });

  it.each([
    ['empty', '', 'order-once: the body of the message was empty', 0],
    ['missing', undefined, 'order-once: the message had no body of text, but undefined', 0],
    ['no text', ['a'], 'order-once: the message had no body of text, but object', 0],
    ['of characters that SQS does not keep', 'a\ufffe\ud800b\0', 'a\ufffd\ufffdb\ufffd', 9],
  ])('replaces a body that is %s, and says so', (_, body, sent, bytes) => {
    const copied = copy({ ...sqsRecord(''), body: body as string }).letter;
    expect(copied.body).toBe(sent);
    expect(reasonIn(copied).originalBody).toMatchObject({ bytes });
  });

  it('replaces a group and an id that SQS refuses by hashes', () => {
    const record = sqsRecord('no event', { messageId: 'x'.repeat(129), group: 'with blanks' });
    expect(copy(record).letter).toMatchObject({
      messageGroup: sha256('with blanks'),
      deduplicationId: sha256('x'.repeat(129)),
    });
  });

  it("keeps the message's trace header in the system attribute of SQS", () => {
    const withTrace = (AWSTraceHeader: string) => {
      const record = sqsRecord(anOrder());
      return copy({ ...record, attributes: { ...record.attributes, AWSTraceHeader } }).letter.trace;
    };
    const header = 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1';
    expect(withTrace(header)).toBe(header);
    expect(withTrace('Root=nothing')).toBeUndefined();
  });
});

describe('a copy that is too large', () => {
  const long = 'é'.repeat(1000);

  it('shortens its reason first, and keeps its body and attributes', () => {
    const { letter, lacks } = copy(
      sqsRecord('x'.repeat(mostBytes - 2000), { attributes: { tenant: text('acme') } }),
      { message: long },
    );
    expect([letter.body.length, lacks]).toEqual([mostBytes - 2000, '']);
    expect(letter.attributes.tenant?.StringValue).toBe('acme');
    expect(reasonIn(letter)).toMatchObject({ code: 'CONFLICT', message: `${'é'.repeat(199)}…` });
    checkTaken(letter);
  });

  it('then leaves out attributes, the largest first, but never first-published', () => {
    const attributes = {
      small: text('s'),
      large: text('l'.repeat(1500)),
      'first-published': { dataType: 'Number', stringValue: '1600000000000' },
    };
    const { letter, lacks } = copy(sqsRecord('x'.repeat(mostBytes - 1600), { attributes }), {
      message: long,
    });
    expect(letter.body).toHaveLength(mostBytes - 1600);
    expect(Object.keys(letter.attributes)).toEqual(['small', 'first-published', 'dead-letter-reason']);
    expect(letter.attributes['first-published']?.StringValue).toBe('1600000000000');
    expect([reasonIn(letter).omittedAttributes, lacks]).toEqual([1, expect.stringContaining('lacks 1')]);
    checkTaken(letter);
  });

  it('cuts a body that does not even fit with the shortest reason, and names its length and digest', () => {
    const body = `x${'é'.repeat(mostBytes / 2 - 1)}`;
    const { letter, lacks } = copy(sqsRecord(body, { attributes: { tenant: text('acme') } }), {
      message: long,
    });
    checkTaken(letter);
    expect(body.startsWith(letter.body)).toBe(true);
    expect(letter.attributes.tenant?.StringValue).toBe('acme');
    expect(reasonIn(letter)).toMatchObject({
      message: long,
      originalBody: { bytes: mostBytes - 1, sha256: sha256(body) },
    });
    expect(lacks).toContain(`of the ${mostBytes - 1} bytes of its body`);
    expect(lacks).toContain(sha256(body));
  });

  it('fits a queue with a lower size limit', () => {
    const { letter } = copy(sqsRecord('x'.repeat(5000)), {}, 1024);
    const bytes = Object.entries(letter.attributes).map(([name, { DataType, StringValue }]) =>
      Buffer.byteLength(`${name}${DataType}${StringValue}`),
    );
    expect(bytes.reduce((sum, one) => sum + one, letter.body.length)).toBeLessThanOrEqual(1024);
    expect(letter.body.length).toBeGreaterThan(300);
    expect(reasonIn(letter).originalBody).toMatchObject({ bytes: 5000 });
  });

  it('is always accepted by SQS, with the whole body if that fits', () => {
    const value = fc.oneof(
      texts,
      fc.anything(),
      fc.nat(mostBytes).map((length) => 'v'.repeat(length)),
    );
    const attribute = fc.oneof(
      fc.anything(),
      fc.record(
        {
          dataType: fc.oneof(fc.constantFrom('String', 'Number', 'Binary', 'String.json', 'Binary.'), value),
          stringValue: fc.oneof(value, fc.constantFrom('1', '-1.5e3', '1e999')),
          binaryValue: fc.oneof(value, fc.constant('AP8=')),
        },
        { requiredKeys: [] },
      ),
    );
    const records = fc.record({
      body: fc.oneof(
        value,
        fc.integer({ min: -1000, max: 10 }).map((more) => 'b'.repeat(mostBytes + more)),
      ),
      names: fc.array(fc.oneof(texts, fc.constantFrom('first-published', 'aws.x', 'a.b')), { maxLength: 12 }),
      attributes: fc.array(attribute, { minLength: 12, maxLength: 12 }),
      group: value,
      messageId: fc.string({ minLength: 1 }),
      trace: value,
      message: fc.oneof(texts, fc.constant(long)),
    });
    fc.assert(
      fc.property(records, ({ body, names, attributes, group, messageId, trace, message }) => {
        const sound = sqsRecord('');
        const { letter } = copy(
          {
            ...sound,
            messageId,
            body: body as string,
            attributes: {
              ...sound.attributes,
              MessageGroupId: group,
              AWSTraceHeader: trace,
            } as SQSRecord['attributes'],
            messageAttributes: Object.fromEntries(
              names.map((name, index) => [name, attributes[index]]),
            ) as SQSMessageAttributes,
          },
          { message },
        );
        checkTaken(letter);
        expect(letter.attributes['first-published']?.StringValue).toMatch(/^\d+$/);
        const told = reasonIn(letter);
        expect(told).toMatchObject({ code: 'CONFLICT', consumer: 'fulfilment' });
        if (letter.body !== body) expect(told.originalBody.sha256).toMatch(/^[\da-f]{64}$/);
      }),
      { numRuns: 200 },
    );
  });
});
