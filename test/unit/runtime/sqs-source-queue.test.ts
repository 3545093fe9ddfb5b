import { sqsSourceQueue } from '../../../runtime/aws/sqs-source-queue.ts';
import { withSqsEndpoint } from '../../support/sqs-endpoint.ts';

const queueUrl = 'https://sqs.us-east-1.amazonaws.com/000000000000/billing.fifo';

test('messages are hidden in one request, and deleted in one request', async () => {
  // WHEN
  const asked = await withSqsEndpoint({ Successful: [], Failed: [] }, async () => {
    const queue = sqsSourceQueue(queueUrl);
    await queue.change(['first', 'second'], 25);
    await queue.acknowledge(['third']);
  });

  // THEN
  expect(asked).toEqual([
    {
      target: 'AmazonSQS.ChangeMessageVisibilityBatch',
      body: {
        QueueUrl: queueUrl,
        Entries: [
          { Id: '0', ReceiptHandle: 'first', VisibilityTimeout: 25 },
          { Id: '1', ReceiptHandle: 'second', VisibilityTimeout: 25 },
        ],
      },
    },
    {
      target: 'AmazonSQS.DeleteMessageBatch',
      body: { QueueUrl: queueUrl, Entries: [{ Id: '0', ReceiptHandle: 'third' }] },
    },
  ]);
});

test('a request fails with the reason if SQS refuses one entry', async () => {
  // GIVEN an endpoint that refuses one message, in an answer of success
  const Failed = [{ Id: '0', SenderFault: true, Code: 'ReceiptHandleIsInvalid', Message: 'expired' }];

  await withSqsEndpoint({ Failed, Successful: [] }, async () => {
    const queue = sqsSourceQueue(queueUrl);

    // THEN
    await expect(queue.change(['first'], 25)).rejects.toThrow('ReceiptHandleIsInvalid: expired');
    await expect(queue.acknowledge(['first'])).rejects.toThrow('SQS refused 1 of a batch');
  });
});
