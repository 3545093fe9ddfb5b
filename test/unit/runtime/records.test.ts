import type { SQSRecord } from 'aws-lambda';
import { parseOrderEvent } from '../../../contract/orders/order-event.ts';
import { createConsumer, exactlyOnce } from '../../../runtime/index.ts';
import { anOrder } from '../../support/orders.ts';
import { remaining, sqsEvent, sqsRecord } from '../../support/sqs.ts';
import { type FakeWiring, fakeWiring } from '../../support/wiring.ts';

let wiring: FakeWiring;
beforeEach(() => {
  wiring = fakeWiring();
});

async function invoke(event: unknown, context: unknown = remaining()) {
  const handler = createConsumer(
    { name: 'fulfilment', parse: parseOrderEvent, guarantee: exactlyOnce(), handle: () => [] },
    wiring,
  );
  return await handler(event as never, context as never);
}

const sound = sqsRecord(anOrder());

describe('an invocation that is not a batch of an SQS queue', () => {
  it.each([
    ['nothing', undefined, 'undefined'],
    ['null', null, 'null'],
    ['a text', 'ping', 'ping'],
    ['a list', [sound], 'a list'],
    ['an empty object', {}, 'members []'],
    ["the console's test event", { key1: 'value1' }, 'key1'],
    ['a warm-up ping', { source: 'serverless-plugin-warmup' }, 'source'],
    ['a schedule', { 'detail-type': 'Scheduled Event', detail: {} }, 'detail-type'],
    ['a request of API Gateway', { version: '2.0', routeKey: '$default' }, 'routeKey'],
    ['messages of Kafka', { eventSource: 'aws:kafka', records: {} }, 'aws:kafka'],
    ['records that are no list', { Records: { 0: sound } }, 'Records'],
    ['a record that is null', { Records: [sound, null] }, 'Records[1]'],
    ['a record of a stream', { Records: [{ kinesis: {}, eventSource: 'aws:kinesis' }] }, 'aws:kinesis'],
    ['a record of a topic', { Records: [{ EventSource: 'aws:sns', Sns: {} }] }, 'aws:sns'],
    ['a record of a table', { Records: [{ eventID: '1', dynamodb: {} }] }, 'dynamodb'],
    ['a record whose id is a number', { Records: [{ ...sound, messageId: 7 }] }, 'Records[0]'],
  ])('is refused before any work, with an error that names the input and the accepted form: %s', async (_, event, named) => {
    const refusal = await invoke(event).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: 'CONFIGURATION' });
    expect(refusal).toHaveProperty('message', expect.stringContaining(named));
    expect(refusal).toHaveProperty('message', expect.stringContaining('an SQS queue, and no others'));
    expect([wiring.letters, wiring.logged, wiring.store.calls]).toEqual([[], [], []]);
  });

  it('is refused with a short error, however large the input is', async () => {
    const event = Object.fromEntries(
      Array.from({ length: 10_000 }, (_, index) => [`member-${index}`, index]),
    );
    const refusal = await invoke(event).catch((error: Error) => error);
    expect((refusal as Error).message.length).toBeLessThan(500);
  });
});

it('an empty batch has no failures', async () => {
  await expect(invoke({ Records: [] })).resolves.toEqual({ batchItemFailures: [] });
});

it.each([
  ['none', null],
  ['one without the function', {}],
  ['one that tells no number', { getRemainingTimeInMillis: () => undefined }],
  ['one that tells no time', { getRemainingTimeInMillis: () => Number.NaN }],
])('a consumer refuses a context without the remaining time: %s', async (_, context) => {
  const refusal = await invoke(sqsEvent(sound as SQSRecord), context).catch((error: unknown) => error);
  expect(refusal).toMatchObject({ code: 'CONFIGURATION' });
  expect(refusal).toHaveProperty('message', expect.stringContaining('getRemainingTimeInMillis'));
  expect(wiring.store.calls).toEqual([]);
});
