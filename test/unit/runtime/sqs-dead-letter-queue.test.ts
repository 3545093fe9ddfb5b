import { createHash } from 'node:crypto';
import { sqsDeadLetterQueue } from '../../../runtime/aws/sqs-dead-letter-queue.ts';
import { withSqsEndpoint } from '../../support/sqs-endpoint.ts';

const queueUrl = 'https://sqs.us-east-1.amazonaws.com/000000000000/billing-dlq.fifo';

test('a copy has the trace header in the system attribute of SQS', async () => {
  // GIVEN
  const letter = { body: 'b', messageGroup: 'g', deduplicationId: 'd', attributes: {} };
  const trace = 'Root=1-5759e988-bd862e3fe1be46a994272793';
  const MD5OfMessageBody = createHash('md5').update('b').digest('hex');

  // WHEN
  const asked = await withSqsEndpoint({ MD5OfMessageBody }, async () => {
    const queue = sqsDeadLetterQueue(queueUrl);
    await queue.send({ ...letter, trace });
    await queue.send(letter);
  });

  // THEN
  expect(asked.map(({ body }) => body)).toEqual([
    expect.objectContaining({
      MessageSystemAttributes: { AWSTraceHeader: { DataType: 'String', StringValue: trace } },
    }),
    expect.not.objectContaining({ MessageSystemAttributes: expect.anything() }),
  ]);
});
