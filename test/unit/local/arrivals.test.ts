import { SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { credentials } from '../../../local/endpoint/client-config.ts';
import { Arrivals } from '../../../local/queues/arrivals.ts';

const topicArn = 'arn:aws:sns:us-east-1:000000000000:shop.fifo';
const clientConfig = {
  endpoint: 'http://127.0.0.1:9',
  region: 'us-east-1',
  credentials,
  useQueueUrlAsEndpoint: false,
};

/** An endpoint whose queue gets these bodies, some with each receive. */
async function watching(...received: readonly (readonly string[])[]) {
  let receives = 0;
  jest.spyOn(SNSClient.prototype, 'send').mockImplementation(async (command: unknown) => {
    return command instanceof SubscribeCommand ? { SubscriptionArn: `${topicArn}:1` } : {};
  });
  jest.spyOn(SQSClient.prototype, 'send').mockImplementation(async (command: unknown) => {
    if (command instanceof CreateQueueCommand) return { QueueUrl: 'http://127.0.0.1:9/probe.fifo' };
    if (command instanceof GetQueueAttributesCommand) return { Attributes: { QueueArn: 'arn:probe.fifo' } };
    if (!(command instanceof ReceiveMessageCommand)) return {};
    const bodies = received[receives] ?? [];
    receives += 1;
    return { Messages: bodies.map((Body) => ({ Body, ReceiptHandle: Body })) };
  });
  const arrivals = new Arrivals({ ...clientConfig, useQueueUrlAsEndpoint: false });
  await arrivals.watch(topicArn);
  return { arrivals, receives: () => receives };
}

afterEach(() => jest.restoreAllMocks());

const never = 60_000;

test('waits until every published message has arrived, however late', async () => {
  const { arrivals, receives } = await watching([], ['one'], [], ['two', 'three']);
  for (const body of ['one', 'two', 'three']) arrivals.published(topicArn, body, undefined);
  await arrivals.complete(never);
  expect(receives()).toBe(4);
});

test('expects one message of a body that was published twice with the same deduplication id', async () => {
  const { arrivals, receives } = await watching(['one']);
  arrivals.published(topicArn, 'one', undefined);
  arrivals.published(topicArn, 'one', undefined);
  await arrivals.complete(never);
  expect(receives()).toBe(1);
});

test('expects a message for each deduplication id of a body', async () => {
  const { arrivals, receives } = await watching(['one'], ['one']);
  arrivals.published(topicArn, 'one', undefined);
  arrivals.published(topicArn, 'one', 'again');
  await arrivals.complete(never);
  expect(receives()).toBe(2);
});

test('does not wait for what arrived before', async () => {
  const { arrivals, receives } = await watching(['one']);
  arrivals.published(topicArn, 'one', undefined);
  await arrivals.complete(never);
  arrivals.published(topicArn, 'one', undefined);
  await arrivals.complete(never);
  expect(receives()).toBe(1);
});

test('gives up a message that does not arrive, because the broker may have removed it', async () => {
  const { arrivals } = await watching(['one']);
  for (const body of ['one', 'known']) arrivals.published(topicArn, body, undefined);
  await expect(arrivals.complete(20)).resolves.toBeUndefined();
});

test('forgets a topic that does not exist, and leaves no queue for it', async () => {
  const { arrivals } = await watching();
  jest.spyOn(SNSClient.prototype, 'send').mockImplementation(async () => {
    throw new Error('Topic does not exist');
  });
  const sqs = jest.mocked(SQSClient.prototype.send);
  sqs.mockClear();
  await expect(arrivals.watch(`${topicArn}-typo.fifo`)).rejects.toThrow('Topic does not exist');
  expect(sqs.mock.calls.some(([command]) => command instanceof DeleteQueueCommand)).toBe(true);
  await expect(arrivals.complete(20)).resolves.toBeUndefined();
});
