import type { SQSMessageAttributes } from 'aws-lambda';
import { parseOrderEvent } from '../../../contract/order-event.ts';
import { systemRandom } from '../../../contract/random.ts';
import { deadLetterOf } from '../../../runtime/dead-letter.ts';
import { readMessage } from '../../../runtime/message.ts';
import { anOrder } from '../../support/orders.ts';
import { sqsRecord } from '../../support/sqs.ts';

const reason = { code: 'CONFLICT', message: 'why', consumer: 'fulfilment' };

function letter(attributes: SQSMessageAttributes, over: Partial<typeof reason> = {}) {
  const message = readMessage(
    sqsRecord(anOrder(), { attributes }),
    { name: 'fulfilment', parse: parseOrderEvent },
    systemRandom,
  );
  return deadLetterOf(message, { ...reason, ...over });
}

function text(value: string) {
  return { dataType: 'String', stringValue: value };
}

describe('deadLetterOf', () => {
  it('copies body, group and attributes, and takes the SQS message id for its deduplication id', () => {
    const binary = { dataType: 'Binary', binaryValue: Buffer.from('bytes').toString('base64') };
    const copy = letter({ traceparent: text('00-1-2-01'), checksum: binary });
    expect(copy).toMatchObject({
      body: JSON.stringify(anOrder()),
      messageGroup: 'customer-17850',
      deduplicationId: 'message-1',
    });
    expect(copy.attributes).toMatchObject({
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

  it('keeps first-published, and takes the queue time where it is missing', () => {
    const published = { dataType: 'Number', stringValue: '1600000000000' };
    expect(letter({ 'first-published': published }).attributes['first-published']?.StringValue).toBe(
      '1600000000000',
    );
    expect(letter({}).attributes['first-published']).toEqual({
      DataType: 'Number',
      StringValue: '1700000000000',
    });
  });

  it('moves what does not fit into ten attributes into the reason', () => {
    // GIVEN as many attributes as SQS takes
    const names = Array.from({ length: 10 }, (_, index) => `producer-${index}`);
    const binary = { dataType: 'Binary', binaryValue: Buffer.from('bytes').toString('base64') };
    const { attributes } = letter({
      ...Object.fromEntries(names.map((name) => [name, text(name)])),
      'producer-9': binary,
    });
    // THEN the copy has no more, and nothing is lost
    expect(Object.keys(attributes)).toHaveLength(10);
    const { attributes: moved } = JSON.parse(attributes['dead-letter-reason']?.StringValue ?? '');
    expect({ ...attributes, ...moved }).toMatchObject(Object.fromEntries(names.map((name) => [name, {}])));
    expect(moved).toMatchObject({
      'producer-8': { type: 'String', value: 'producer-8' },
      'producer-9': { type: 'Binary', value: binary.binaryValue },
    });
  });

  it('replaces the reason of an earlier move', () => {
    const { attributes } = letter({ 'dead-letter-reason': text('{"code":"OLD"}') });
    expect(attributes['dead-letter-reason']?.StringValue).toContain('CONFLICT');
  });

  it('writes a reason that SQS takes, whatever the message quotes', () => {
    const { attributes } = letter({}, { message: '\u0000\ufffe\ud800é' });
    const value = attributes['dead-letter-reason']?.StringValue ?? '';
    expect(value).toMatch(/^[\x20-\x7e]+$/);
  });
});
