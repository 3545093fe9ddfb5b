import type { MessageAttributeValue } from '@aws-sdk/client-sqs';
import type { SQSMessageAttributes } from 'aws-lambda';
import { parseOrderEvent } from '../../../contract/orders/order-event.ts';
import {
  packedValue,
  resendAttributes,
  sortForSending,
  unpack,
} from '../../../runtime/aws/packed-attributes.ts';
import { asKept } from '../../../runtime/aws/sqs-attributes.ts';
import {
  atMostOnce,
  createConsumer,
  exactlyOnce,
  PermanentError,
  type ResendMessage,
  resolve,
} from '../../../runtime/index.ts';
import { anOrder } from '../../support/orders.ts';
import { remaining, sqsEvent, sqsRecord } from '../../support/sqs.ts';
import { type FakeWiring, fakeWiring } from '../../support/wiring.ts';

const text = (stringValue: string) => ({ dataType: 'String' as const, stringValue });
const binary = { dataType: 'Binary' as const, binaryValue: Buffer.from('bytes').toString('base64') };

/** As many attributes as SQS accepts, of every kind. */
const ten: SQSMessageAttributes = {
  ...Object.fromEntries(Array.from({ length: 8 }, (_, n) => [`name-${n}`, text(`ü${n}\ud83d\ude00`)])),
  checksum: binary,
  'first-published': { dataType: 'Number', stringValue: '1699999999000' },
};

/** As Lambda hands over what `SendMessage` got. */
function received(attributes: Readonly<Record<string, MessageAttributeValue>>): SQSMessageAttributes {
  expect(Object.keys(attributes).length).toBeLessThanOrEqual(10);
  const entries = Object.entries(attributes).map(([name, { DataType, StringValue, BinaryValue }]) => {
    const value = BinaryValue
      ? { binaryValue: Buffer.from(BinaryValue).toString('base64') }
      : { stringValue: StringValue };
    return [name, { dataType: DataType, ...value }];
  });
  return Object.fromEntries(entries) as SQSMessageAttributes;
}

let wiring: FakeWiring;
let parsed: SQSMessageAttributes[];
beforeEach(() => {
  wiring = fakeWiring();
  parsed = [];
});

function parse({ body, attributes }: { readonly body: string; readonly attributes: SQSMessageAttributes }) {
  parsed.push(attributes);
  return parseOrderEvent(body);
}

/** Delivers an order to a consumer that refuses it. */
async function refused(messageId: string, attributes: SQSMessageAttributes) {
  const handle = () => Promise.reject(new PermanentError('no such account'));
  const consumer = createConsumer({ name: 'shop', parse, guarantee: exactlyOnce(), handle }, wiring);
  await consumer(sqsEvent(sqsRecord(anOrder(), { messageId, attributes })), remaining());
}

describe('the attributes of a message', () => {
  it('are all there for the parser after any number of moves to the dead-letter queue and back', async () => {
    await refused('m1', ten);
    for (const messageId of ['m2', 'm3'])
      await refused(messageId, received(wiring.letters.at(-1)?.attributes ?? {}));
    expect(wiring.letters).toHaveLength(3);
    for (const attributes of parsed) expect(attributes).toMatchObject(ten);
    expect(parsed[2]).not.toHaveProperty('packed-attributes');
  });

  it('include the owner token of a resend, although its copy has no place for all of them', async () => {
    await refused('m1', { ...ten, 'resolved-attempt': text('attempt-9') });
    expect(wiring.letters[0]?.attributes['resolved-attempt']?.StringValue).toBe('attempt-9');
  });

  it('are packed in hardly more bytes than they have, and without a character that SQS refuses', () => {
    const refused = { '.name': text(`${'ü'.repeat(1000)}\ud83d\ude00\u0000\ufffe\uffff\ud800`) };
    const { packed } = sortForSending(refused, []);
    const { StringValue = '' } = packed === undefined ? {} : packedValue(packed);
    expect(Buffer.byteLength(StringValue)).toBeLessThan(2100);
    expect(asKept(StringValue)).toBe(StringValue);
    const unpacked = unpack({ 'packed-attributes': text(StringValue) });
    expect(unpacked['.name']?.stringValue).toBe(refused['.name'].stringValue);
  });

  it('are those of the producer if it has an attribute of that name itself', () => {
    for (const value of ['{"broken', '[]', '{"name":1}', '7', '']) {
      const own = { 'packed-attributes': text(value) };
      expect(unpack(own)).toEqual(own);
    }
  });

  it('keep one of the producer with that name, also where others are packed', async () => {
    const { 'name-0': _, ...nine } = ten;
    const all = { ...nine, 'packed-attributes': text("the producer's own") };
    await refused('m1', all);
    for (const messageId of ['m2', 'm3']) {
      await refused(messageId, received(wiring.letters.at(-1)?.attributes ?? {}));
    }
    for (const attributes of parsed) expect(attributes).toMatchObject(all);
  });

  it('replace packed ones of the same name, since they were set later', () => {
    const packed = text(
      '{"tenant":{"type":"String","value":"earlier"},"more":{"type":"String","value":"m"}}',
    );
    const own = { tenant: text('acme') };
    expect(unpack({ 'packed-attributes': packed, ...own })).toEqual({ ...own, more: text('m') });
  });

  it('are there for a tool that asks a consumer for the identity of a moved message', async () => {
    await refused('m1', ten);
    const consumer = createConsumer(
      { name: 'shop', parse, guarantee: exactlyOnce(), handle: () => [] },
      wiring,
    );
    const attributes = received(wiring.letters[0]?.attributes ?? {});
    const body = { body: JSON.stringify(anOrder()), attributes };
    await consumer({ 'order-once': 'identify', bodies: [body] } as never, remaining());
    expect(parsed[1]).toMatchObject(ten);
  });
});

describe('an unknown outcome that is sent again', () => {
  async function unknown(attributes: SQSMessageAttributes): Promise<ResendMessage> {
    const handle = () => Promise.reject(new Error('socket hang up'));
    const consumer = createConsumer({ name: 'shop', parse, guarantee: atMostOnce(), handle }, wiring);
    await consumer(sqsEvent(sqsRecord(anOrder(), { attributes })), remaining());
    const [[id, record] = ['']] = [...wiring.memory.records];
    const sent: ResendMessage[] = [];
    const send = async (message: ResendMessage) => void sent.push(message);
    await resolve({ store: wiring.store, id, attempt: record?.ownerToken ?? '', as: 'retry', send });
    return sent[0] as ResendMessage;
  }

  it('has all attributes of its message for the parser, and the owner token', async () => {
    const { attributes } = await unknown(ten);
    const consumer = createConsumer(
      { name: 'shop', parse, guarantee: atMostOnce(), handle: async () => 'sent' },
      wiring,
    );
    await consumer(
      sqsEvent(sqsRecord(anOrder(), { messageId: 'm2', attributes: received(attributes) })),
      remaining(),
    );
    expect(parsed[1]).toMatchObject(ten);
    expect([...wiring.memory.records.values()]).toMatchObject([
      { status: 'COMPLETED', messageAttributes: undefined },
    ]);
  });

  it('has the time of its first publication, also where its message had none', async () => {
    const { attributes } = await unknown({});
    expect(attributes['first-published']).toEqual({ DataType: 'Number', StringValue: '1700000000000' });
  });

  it('leaves out what belongs to an earlier move', async () => {
    const earlier = { 'dead-letter-reason': text('{"code":"OLD"}'), 'resolved-attempt': text('attempt-0') };
    const { attributes } = await unknown({ ...ten, ...earlier });
    expect(attributes).not.toHaveProperty('dead-letter-reason');
    expect(attributes['resolved-attempt']?.StringValue).toBe('attempt-1');
  });

  it('has only the owner token if an earlier version kept no attributes', () => {
    const own = { 'resolved-attempt': { DataType: 'String', StringValue: 'attempt-1' } };
    expect(resendAttributes(undefined, own)).toEqual(own);
  });
});
