import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SNSClient } from '@aws-sdk/client-sns';
import { TopicError } from '../../../publisher/errors.ts';
import type { Entry } from '../../../publisher/topic/entry.ts';
import { snsClient, snsTopic } from '../../../publisher/topic/sns-topic.ts';
import { toArray } from './support/to-array.ts';

const topicArn = 'arn:aws:sns:eu-west-1:123456789012:orders.fifo';
const settings = {
  region: 'eu-west-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  maxAttempts: 1,
};
const entries: Entry[] = [
  { line: 1, body: '{"a":"é"}', messageGroup: 'a', firstPublished: 1_767_225_600_000 },
  { line: 2, body: 'b', messageGroup: 'b', deduplicationId: 'id-b' },
  { line: 3, body: 'c', messageGroup: 'c' },
];

/** SNS as its wire says it: the query protocol, over HTTP. */
describe('snsTopic', () => {
  let server: Server;
  let answer: (response: ServerResponse) => void;
  let requests: URLSearchParams[];
  let client: SNSClient;

  function connect(port: number, requestTimeout = 5_000): SNSClient {
    return new SNSClient({
      ...settings,
      endpoint: `http://127.0.0.1:${port}`,
      requestHandler: { requestTimeout, throwOnRequestTimeout: true },
    });
  }

  beforeEach(async () => {
    requests = [];
    server = createServer(async (request, response) => {
      const body = (await toArray<Buffer>(request)).join('');
      requests.push(new URLSearchParams(body));
      answer(response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    client = connect((server.address() as AddressInfo).port);
  });
  afterEach(async () => {
    client.destroy();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  function answerWith(successful: string, failed = ''): void {
    answer = (response) =>
      response.end(
        `<PublishBatchResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishBatchResult>
          <Successful>${successful}</Successful><Failed>${failed}</Failed>
        </PublishBatchResult></PublishBatchResponse>`,
      );
  }
  const accepted = (id: number) => `<member><Id>${id}</Id><MessageId>m-${id}</MessageId></member>`;
  const refused = (id: number, code: string, senderFault: boolean) =>
    `<member><Id>${id}</Id><Code>${code}</Code><Message>no</Message><SenderFault>${senderFault}</SenderFault></member>`;

  function answerWithError(status: number, code: string): void {
    answer = (response) => {
      response.statusCode = status;
      response.end(
        `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>Because</Message></Error></ErrorResponse>`,
      );
    };
  }

  async function failure(): Promise<TopicError> {
    const error = await snsTopic(topicArn, client)
      .publishBatch(entries)
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(TopicError);
    return error as TopicError;
  }

  test('sends body, group, deduplication id and the time of the first publication', async () => {
    // GIVEN
    answerWith(accepted(0) + accepted(1) + accepted(2));
    // WHEN
    const results = await snsTopic(topicArn, client).publishBatch(entries);
    // THEN
    expect(results).toEqual(['accepted', 'accepted', 'accepted']);
    const sent = Object.fromEntries(requests[0] ?? []);
    const member = 'PublishBatchRequestEntries.member';
    expect(sent).toMatchObject({
      Action: 'PublishBatch',
      TopicArn: topicArn,
      [`${member}.1.Message`]: '{"a":"é"}',
      [`${member}.1.MessageGroupId`]: 'a',
      [`${member}.1.MessageAttributes.entry.1.Name`]: 'first-published',
      [`${member}.1.MessageAttributes.entry.1.Value.DataType`]: 'Number',
      [`${member}.1.MessageAttributes.entry.1.Value.StringValue`]: '1767225600000',
      [`${member}.2.MessageDeduplicationId`]: 'id-b',
    });
    expect(sent).not.toHaveProperty(`${member}.1.MessageDeduplicationId`);
    expect(Object.keys(sent).filter((name) => name.startsWith(`${member}.3.MessageAttributes`))).toEqual([]);
  });

  test('returns a result for each entry: accepted, to be retried, or refused', async () => {
    answerWith(accepted(1), refused(0, 'InternalError', false) + refused(2, 'InvalidParameter', true));
    const results = await snsTopic(topicArn, client).publishBatch(entries);
    expect(results).toMatchObject([
      { code: 'InternalError', permanent: false },
      'accepted',
      { code: 'InvalidParameter', permanent: true },
    ]);
  });

  test('retries a throttled entry, whether SNS calls it the sender’s fault or not', async () => {
    answerWith(accepted(0) + accepted(1), refused(2, 'Throttled', true));
    const results = await snsTopic(topicArn, client).publishBatch(entries);
    expect(results[2]).toMatchObject({ code: 'Throttled', permanent: false });
  });

  test('does not count an entry as accepted if the answer leaves it out', async () => {
    answerWith(accepted(0) + accepted(1));
    const results = await snsTopic(topicArn, client).publishBatch(entries);
    expect(results[2]).toMatchObject({ code: 'NO_RESULT', permanent: false });
  });

  test.each([
    [404, 'NotFound', /^Because\. Check the topic's ARN/],
    [403, 'AuthorizationError', /^Because\. Grant sns:Publish/],
    [403, 'ExpiredToken', /^Because\. Renew the credentials/],
    [403, 'InvalidClientTokenId', /^Because\. Renew the credentials/],
    [400, 'InvalidParameter', /^Because\. A topic without content-based deduplication/],
    [400, 'KMSDisabled', /^Because$/],
  ])('returns a permanent error with the fix: HTTP %d %s', async (status, code, message) => {
    answerWithError(status, code);
    const error = await failure();
    expect(error.permanent).toBe(true);
    expect(error.message).toMatch(message);
    expect(error.cause).toBeInstanceOf(Error);
  });

  test.each([
    [500, 'InternalError'],
    [503, 'ServiceUnavailable'],
    [429, 'Whatever'],
    [400, 'Throttling'],
    [400, 'ThrottledException'],
    [400, 'KMSThrottling'],
  ])('returns an error that can be retried: HTTP %d %s', async (status, code) => {
    answerWithError(status, code);
    expect(await failure()).toMatchObject({ permanent: false });
  });

  // Errors of Node's own sockets are no instance of the Error that jest gives to modules, and the SDK rewrites them.
  test.each([
    ['ECONNRESET', 'socket hang up'],
    ['ECONNREFUSED', ''],
    ['ENOTFOUND', 'getaddrinfo ENOTFOUND'],
    ['EAI_AGAIN', 'getaddrinfo EAI_AGAIN'],
    ['EPIPE', 'write EPIPE'],
  ])('returns an error that can be retried if the connection fails: %s', async (code, message) => {
    const handle = () => Promise.reject(Object.assign(new Error(message), { code }));
    client = new SNSClient({ ...settings, requestHandler: { handle } });
    const error = await failure();
    expect(error).toMatchObject({ code, permanent: false });
    expect(error.message).toBe(message || 'the connection failed');
  });

  test('returns a permanent error if there are no credentials', async () => {
    const credentials = () =>
      Promise.reject(
        Object.assign(new Error('Could not load credentials'), { name: 'CredentialsProviderError' }),
      );
    client = new SNSClient({ ...settings, credentials });
    const error = await failure();
    expect(error).toMatchObject({ code: 'CredentialsProviderError', permanent: true });
    expect(error.message).toBe('Could not load credentials. Renew the credentials.');
  });

  test('returns an error that can be retried if there is no answer', async () => {
    answer = () => {};
    client = connect((server.address() as AddressInfo).port, 50);
    expect(await failure()).toMatchObject({ code: 'ETIMEDOUT', permanent: false });
  });

  test('makes no retry of its own and allows a request 10 s', async () => {
    const { config } = snsClient(topicArn);
    expect(await config.maxAttempts()).toBe(1);
    expect(await config.region()).toBe('eu-west-1');
  });
});
