import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sqsSourceQueue } from '../../../runtime/sqs-source-queue.ts';
import { withEnvironment } from '../../support/environment.ts';

const queueUrl = 'https://sqs.us-east-1.amazonaws.com/000000000000/billing.fifo';

test('changes the visibility of messages, and deletes them, in one request each', async () => {
  // GIVEN an endpoint that writes down what it is asked
  const asked: unknown[] = [];
  const server = createServer(async (request, response) => {
    const chunks = await request.toArray();
    asked.push(request.headers['x-amz-target'], JSON.parse(Buffer.concat(chunks).toString()));
    response.setHeader('content-type', 'application/x-amz-json-1.0').end('{"Successful":[],"Failed":[]}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const restore = withEnvironment({
    AWS_ENDPOINT_URL_SQS: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  });

  // WHEN
  try {
    const queue = sqsSourceQueue(queueUrl);
    await queue.change(['first', 'second'], 25);
    await queue.acknowledge(['third']);
  } finally {
    restore();
    server.closeAllConnections();
    server.close();
  }

  // THEN
  expect(asked).toEqual([
    'AmazonSQS.ChangeMessageVisibilityBatch',
    {
      QueueUrl: queueUrl,
      Entries: [
        { Id: '0', ReceiptHandle: 'first', VisibilityTimeout: 25 },
        { Id: '1', ReceiptHandle: 'second', VisibilityTimeout: 25 },
      ],
    },
    'AmazonSQS.DeleteMessageBatch',
    { QueueUrl: queueUrl, Entries: [{ Id: '0', ReceiptHandle: 'third' }] },
  ]);
});

test('fails where SQS refuses one of a batch, and says why', async () => {
  // GIVEN an endpoint that refuses one message, in an answer of success
  const Failed = [{ Id: '0', SenderFault: true, Code: 'ReceiptHandleIsInvalid', Message: 'expired' }];
  const server = createServer((request, response) => {
    request.resume();
    response
      .setHeader('content-type', 'application/x-amz-json-1.0')
      .end(JSON.stringify({ Failed, Successful: [] }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const restore = withEnvironment({
    AWS_ENDPOINT_URL_SQS: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  });

  // WHEN
  try {
    const queue = sqsSourceQueue(queueUrl);

    // THEN
    await expect(queue.change(['first'], 25)).rejects.toThrow('ReceiptHandleIsInvalid: expired');
    await expect(queue.acknowledge(['first'])).rejects.toThrow('SQS refused 1 of a batch');
  } finally {
    restore();
    server.closeAllConnections();
    server.close();
  }
});
