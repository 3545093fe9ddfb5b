import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Context } from 'aws-lambda';
import { systemClock } from '../../../../contract/clock.ts';
import { FencedPersistenceLayer } from '../../../../runtime/powertools/index.ts';
import { deferred } from '../../../support/deferred.ts';
import { connect } from '../../../support/dynamodb/connect.ts';
import { memoryDynamoDb } from '../../../support/dynamodb/memory-dynamodb.ts';

type Event = Record<string, unknown>;

const snsMessage = (delivery: number, Message: string) => ({
  Type: 'Notification',
  MessageId: `sns-${delivery}`,
  TopicArn: 'arn:aws:sns:eu-west-1:1:orders',
  Message,
  Timestamp: `2026-01-01T00:00:0${delivery}.000Z`,
  Signature: `signature-${delivery}`,
});

const eventBridge = (delivery: number, detail: unknown) => ({
  version: '0',
  id: `event-${delivery}`,
  time: `2026-01-01T00:00:0${delivery}Z`,
  account: '1',
  region: 'eu-west-1',
  resources: [],
  source: 'shop',
  'detail-type': 'order placed',
  detail,
  ...(delivery > 1 && { 'replay-name': 'again' }),
});

const sqsRecord = (delivery: number, body: unknown) => ({
  messageId: 'm1',
  receiptHandle: `receipt-${delivery}`,
  body,
  attributes: { ApproximateReceiveCount: String(delivery), SentTimestamp: '1' },
  messageAttributes: delivery === 1 ? {} : { movedFrom: { stringValue: 'queue', dataType: 'String' } },
  md5OfBody: 'md5',
  eventSource: 'aws:sqs',
  eventSourceARN: 'arn:aws:sqs:eu-west-1:1:orders',
});

const kafkaRecord = (delivery: number, value: string) => ({
  topic: 'orders',
  partition: 0,
  offset: delivery,
  timestamp: delivery,
  timestampType: 'CREATE_TIME',
  key: 'a2V5',
  value,
  headers: [],
});

const headers = (delivery: number) => ({
  'x-amzn-trace-id': `Root=${delivery}`,
  'user-agent': `retry/${delivery}`,
});

/** By name: an input as its nth delivery brings it, with some content. */
const inputs: Record<string, (delivery: number, content: string) => unknown> = {
  'an SQS record': (n, content) => sqsRecord(n, content),
  'an SQS record whose body a parser read': (n, content) => sqsRecord(n, { order: content }),
  'an SQS event': (n, content) => ({ Records: [sqsRecord(n, content), sqsRecord(n, 'same')] }),
  'a list of SQS records': (n, content) => [sqsRecord(n, content)],
  'an SQS record of an SNS message': (n, content) => sqsRecord(n, JSON.stringify(snsMessage(n, content))),
  'an SQS record of an EventBridge event': (n, content) =>
    sqsRecord(n, JSON.stringify(eventBridge(n, { order: content }))),
  'an SNS event': (n, content) => ({
    Records: [
      {
        EventSource: 'aws:sns',
        EventSubscriptionArn: 'arn:sub',
        Sns: { ...snsMessage(n, content), Subject: 'order' },
      },
    ],
  }),
  'an EventBridge event': (n, content) => eventBridge(n, { order: content }),
  'a Kinesis record': (n, data) => ({
    eventSource: 'aws:kinesis',
    eventID: `shard:${n}`,
    kinesis: { partitionKey: 'k', data, sequenceNumber: String(n), approximateArrivalTimestamp: n },
  }),
  'a Firehose event': (n, data) => ({
    invocationId: `invocation-${n}`,
    deliveryStreamArn: 'arn:firehose',
    records: [{ recordId: `r${n}`, approximateArrivalTimestamp: n, data }],
  }),
  'a Kafka event': (n, content) => ({
    eventSource: 'aws:kafka',
    bootstrapServers: 'b-1,b-2'.slice(0, n === 1 ? 3 : 7),
    records: { 'orders-0': [kafkaRecord(n, content)] },
  }),
  'an ActiveMQ event': (n, data) => ({
    eventSource: 'aws:mq',
    eventSourceArn: 'arn:mq',
    messages: [
      {
        messageID: 'ID:1',
        messageType: 'jms/text-message',
        redelivered: n > 1,
        brokerOutTime: n,
        properties: {},
        data,
      },
    ],
  }),
  'a RabbitMQ event': (n, data) => ({
    eventSource: 'aws:rmq',
    eventSourceArn: 'arn:mq',
    rmqMessagesByQueue: {
      'orders::/': [{ basicProperties: { timestamp: n, type: 'order' }, redelivered: n > 1, data }],
    },
  }),
  'an S3 batch operation': (n, s3Key) => ({
    invocationSchemaVersion: '1.0',
    invocationId: `invocation-${n}`,
    job: { id: 'job' },
    tasks: [{ taskId: 'task', s3Key, s3BucketArn: 'arn:bucket' }],
  }),
  'a REST API request': (n, body) => ({
    httpMethod: 'POST',
    path: '/orders',
    resource: '/orders',
    headers: headers(n),
    multiValueHeaders: {},
    queryStringParameters: { dry: '1' },
    multiValueQueryStringParameters: { dry: ['1'] },
    requestContext: { requestId: `request-${n}`, requestTimeEpoch: n },
    body,
    isBase64Encoded: false,
  }),
  'an HTTP API request': (n, body) => ({
    version: '2.0',
    rawPath: '/orders',
    rawQueryString: 'dry=1',
    headers: headers(n),
    requestContext: {
      requestId: `request-${n}`,
      timeEpoch: n,
      http: { method: 'POST', userAgent: `retry/${n}` },
    },
    body,
    isBase64Encoded: false,
  }),
  'a request by its query alone': (n, rawQueryString) => ({
    rawPath: '/orders',
    rawQueryString,
    headers: headers(n),
    requestContext: { requestId: `request-${n}`, http: { method: 'GET' } },
  }),
  'a load balancer request by its method alone': (n, httpMethod) => ({
    httpMethod,
    path: '/orders',
    queryStringParameters: {},
    headers: headers(n),
    requestContext: { elb: { targetGroupArn: 'arn:elb' } },
    body: '',
  }),
  'a WebSocket message': (n, body) => ({
    requestContext: { connectionId: `c${n}`, routeKey: 'order', messageId: `m${n}` },
    body,
  }),
  'a VPC Lattice request': (n, body) => ({
    version: '2.0',
    method: 'POST',
    path: '/orders',
    headers: headers(n),
    queryStringParameters: {},
    requestContext: { serviceNetworkArn: 'arn:network', timeEpoch: String(n) },
    body,
  }),
  'a VPC Lattice request of version 1': (n, body) => ({
    method: 'POST',
    raw_path: '/orders',
    headers: headers(n),
    query_string_parameters: {},
    body,
  }),
  'an AppSync request': (n, order) => ({
    arguments: { order },
    identity: null,
    source: null,
    request: { headers: headers(n) },
    info: { fieldName: 'place', parentTypeName: 'Mutation', selectionSetList: ['id'] },
  }),
};

let client: DynamoDBClient;
let passed = 0;
const clock = { ...systemClock, now: () => systemClock.now() + passed };

beforeEach(() => {
  client = connect(memoryDynamoDb({ records: ['id'] }));
  passed = 0;
});

/** A call of a process of its own, under one key whatever the input. */
function call<R>(input: unknown, act: () => R | Promise<R>, config = {}): Promise<R> {
  const handler = makeIdempotent(async (_: { key: string; input: Event }) => await act(), {
    persistenceStore: new FencedPersistenceLayer({ tableName: 'records', awsSdkV3Client: client, clock }),
    config: new IdempotencyConfig({
      eventKeyJmesPath: '`"one key"`',
      lambdaContext: { getRemainingTimeInMillis: () => 1000 } as Context,
      ...config,
    }),
    keyPrefix: 'envelopes',
  });
  return handler(input as never) as Promise<R>;
}

const answer = (input: unknown, config = {}) =>
  call(input, () => 'ran', config).catch((error: Error) => error.name);

describe.each(Object.entries(inputs))('%s', (_, input) => {
  it('runs at its redelivery after the first call died', async () => {
    // GIVEN a delivery whose process ends without a word, and whose lease is over
    const { promise: started, resolve: start } = deferred<void>();
    void call(input(1, 'content'), () => {
      start();
      return new Promise<never>(() => {});
    });
    await started;
    passed += 60_000;
    // THEN other content does not take its place, and its own does
    expect(await answer(input(2, 'other'))).toBe('IdempotencyValidationError');
    expect(await answer(input(2, 'content'))).toBe('ran');
  });

  it('gets its first answer again, and other content under its key is refused', async () => {
    await call(input(1, 'content'), () => 'first');
    expect(await answer(input(2, 'content'))).toBe('first');
    expect(await answer(input(1, 'other'))).toBe('IdempotencyValidationError');
  });
});

it('an input that is not an envelope is compared as a whole', async () => {
  await call({ body: 'text', requestId: 1 }, () => 'first');
  expect(await answer({ body: 'text', requestId: 2 })).toBe('IdempotencyValidationError');
});

it('a body that is JSON but not an envelope is compared as text', async () => {
  await call(sqsRecord(1, '{"a": 1}'), () => 'first');
  expect(await answer(sqsRecord(2, '{"a": 1}'))).toBe('first');
  expect(await answer(sqsRecord(2, '{"a":1}'))).toBe('IdempotencyValidationError');
});

it('the other members of an event with records are compared too', async () => {
  await call({ Records: [sqsRecord(1, 'a')], window: 1 }, () => 'first');
  expect(await answer({ Records: [sqsRecord(2, 'a')], window: 2 })).toBe('IdempotencyValidationError');
});

it('the payload of the configuration takes precedence over that of the envelope', async () => {
  const config = { payloadValidationJmesPath: 'attributes.ApproximateReceiveCount' };
  await call(sqsRecord(1, 'a'), () => 'first', config);
  expect(await answer(sqsRecord(1, 'b'), config)).toBe('first');
  expect(await answer(sqsRecord(2, 'a'), config)).toBe('IdempotencyValidationError');
});
