import type { SQSRecord } from 'aws-lambda';
import { parseOrderEvent } from '../../../contract/orders/order-event.ts';
import { createConsumer, exactlyOnce, increment } from '../../../runtime/index.ts';
import { readMessage } from '../../../runtime/message/sqs-message.ts';
import { anOrder } from '../../support/orders.ts';
import { remaining, sqsEvent, sqsRecord } from '../../support/sqs.ts';
import { type FakeWiring, fakeWiring } from '../../support/wiring.ts';

let wiring: FakeWiring;
beforeEach(() => {
  wiring = fakeWiring();
});

const whole = sqsRecord(anOrder({ subject: '1' }), { messageId: 'm1', group: 'a' });
const neighbour = sqsRecord(anOrder({ subject: '2' }), { messageId: 'm2', group: 'b' });

/** Takes the record, which lacks something, in one batch with its neighbour, which does not. */
async function take(record: object) {
  const handler = createConsumer(
    {
      name: 'fulfilment',
      parse: parseOrderEvent,
      guarantee: exactlyOnce(),
      handle: ({ data: { orderId } }) => [increment('ledger', { orderId }, { orders: 1 })],
    },
    wiring,
  );
  return await handler(sqsEvent(record as SQSRecord, neighbour), remaining());
}

function applied() {
  return wiring.memory.tables.items('ledger').map(({ orderId }) => orderId);
}

function without(name: keyof SQSRecord['attributes']): SQSRecord {
  const { [name]: _, ...attributes } = whole.attributes;
  return { ...whole, attributes: attributes as SQSRecord['attributes'] };
}

describe('an SQS record without some of the attributes that SQS adds', () => {
  it.each([
    ['ApproximateReceiveCount', without('ApproximateReceiveCount')],
    ['ApproximateFirstReceiveTimestamp', without('ApproximateFirstReceiveTimestamp')],
    ['MessageGroupId', without('MessageGroupId')],
    ['message attributes', { ...whole, messageAttributes: undefined }],
  ])('is applied: %s', async (_, record) => {
    await expect(take(record)).resolves.toEqual({ batchItemFailures: [] });
    expect(applied().toSorted()).toEqual(['1', '2']);
  });

  it.each([
    ['the time when it was sent', without('SentTimestamp')],
    ['all of it', { ...whole, attributes: undefined }],
    ['a time that is one', { ...whole, attributes: { ...whole.attributes, SentTimestamp: 'NaN' } }],
  ])('is poison if its age is unknown, and the other messages are applied: %s', async (_, record) => {
    await expect(take(record)).resolves.toEqual({ batchItemFailures: [] });
    expect(applied()).toEqual(['2']);
    expect(wiring.letters).toHaveLength(1);
    const { 'dead-letter-reason': reason, 'first-published': published } =
      wiring.letters[0]?.attributes ?? {};
    expect(JSON.parse(reason?.StringValue ?? '')).toMatchObject({ field: 'attributes.SentTimestamp' });
    expect(published).toEqual({ DataType: 'Number', StringValue: '0' });
  });

  it('is hidden for whole seconds after a failure, even without a receive count', async () => {
    wiring.store.befall('commit', 'down');
    await take(without('ApproximateReceiveCount'));
    expect(wiring.hidden).toEqual([{ handles: ['receipt-of-m1'], seconds: 2 }]);
  });

  it('is poison if its body is not a text, even if it looks like an event', async () => {
    await take({ ...whole, body: [whole.body] });
    expect(applied()).toEqual(['2']);
    expect(wiring.logged).toContainEqual(expect.objectContaining({ outcome: 'poison', field: 'body' }));
  });

  it.each([
    ['a name', { ...whole, messageId: undefined }],
    ['a receipt handle', { ...whole, receiptHandle: undefined }],
    [
      'everything, as what a topic sends to a function',
      { EventSource: 'aws:sns', Sns: { Message: whole.body } },
    ],
  ])('fails its batch before any work if it lacks %s, without which it cannot be settled', async (_, record) => {
    await expect(take(record)).rejects.toThrow(expect.objectContaining({ code: 'CONFIGURATION' }));
    expect([applied(), wiring.letters]).toEqual([[], []]);
  });
});

it('the trace header of a message is in its log line and in its copy in the dead-letter queue', async () => {
  const AWSTraceHeader = 'Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1';
  await take({ ...whole, body: 'poison', attributes: { ...whole.attributes, AWSTraceHeader } });
  expect(wiring.logged).toContainEqual(expect.objectContaining({ outcome: 'poison', trace: AWSTraceHeader }));
  expect(wiring.letters[0]?.trace).toBe(AWSTraceHeader);
});

describe('the traceparent of a producer', () => {
  const ofMessage = `00-${'a'.repeat(32)}-${'1'.repeat(16)}-01`;
  const ofEvent = `00-${'b'.repeat(32)}-${'2'.repeat(16)}-01`;
  const attribute = {
    stringValue: ofMessage,
    dataType: 'String',
    stringListValues: [],
    binaryListValues: [],
  };
  const messageAttributes = { traceparent: attribute } as unknown as SQSRecord['messageAttributes'];
  const body = JSON.stringify({ ...anOrder(), traceparent: ofEvent });

  it('is in the log line: that of the message, or else that of the event', async () => {
    await take({ ...whole, body, messageAttributes });
    await take({ ...whole, body });
    await take({ ...whole, body: JSON.stringify({ ...anOrder(), traceparent: 'none' }) });
    const deliveries = wiring.logged.filter(({ messageId }) => messageId === 'm1');
    expect(deliveries.map(({ traceparent }) => traceparent)).toEqual([ofMessage, ofEvent, undefined]);
  });

  it('is in the log line and in the copy of an event that is given up', async () => {
    const refused = JSON.stringify({ ...anOrder(), traceparent: ofEvent, type: 7 });
    await take({ ...whole, body: refused });
    await take({ ...whole, body: refused, messageAttributes });
    expect(wiring.logged).toContainEqual(
      expect.objectContaining({ outcome: 'poison', traceparent: ofEvent }),
    );
    expect(wiring.letters[0]?.body).toContain(ofEvent);
    expect(wiring.letters[1]?.attributes.traceparent).toMatchObject({ StringValue: ofMessage });
  });
});

it('the subject is in the log line, also of an event that is refused, and as it was before the handler', async () => {
  await take(whole);
  await take({ ...whole, body: JSON.stringify({ ...anOrder({ subject: '7' }), type: 7 }) });
  const deliveries = wiring.logged.filter(({ messageId }) => messageId === 'm1');
  expect(deliveries).toMatchObject([{ outcome: 'applied' }, { outcome: 'poison', subject: '7' }]);
  expect(deliveries[0]?.subject).toBe(JSON.parse(whole.body).subject);
});

it('long texts are cut in records and log lines', async () => {
  const long = '1'.repeat(100_000);
  const { MessageGroupId: _, ...ungrouped } = whole.attributes;
  const read = readMessage(
    {
      ...whole,
      attributes: ungrouped as SQSRecord['attributes'],
      body: JSON.stringify(anOrder({ partitionkey: long })),
    },
    { name: 'fulfilment', parse: () => ({ ...anOrder(), sequence: long }) },
    wiring,
  );
  expect(read.group).toHaveLength(64);
  expect(read.reading.content).toHaveProperty('identity.sequence', `${'1'.repeat(999)}…`);
});
