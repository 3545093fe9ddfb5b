import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sqsDeadLetterQueue } from '../../../runtime/sqs-dead-letter-queue.ts';
import { withEnvironment } from '../../support/environment.ts';

const queueUrl = 'https://sqs.us-east-1.amazonaws.com/000000000000/billing-dlq.fifo';

test("sends the trace header as SQS' own system attribute", async () => {
  // GIVEN an endpoint that writes down what it is asked
  const asked: unknown[] = [];
  const server = createServer(async (request, response) => {
    const chunks = await request.toArray();
    asked.push(JSON.parse(Buffer.concat(chunks).toString()));
    const MD5OfMessageBody = createHash('md5').update('b').digest('hex');
    response
      .setHeader('content-type', 'application/x-amz-json-1.0')
      .end(JSON.stringify({ MD5OfMessageBody }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const restore = withEnvironment({
    AWS_ENDPOINT_URL_SQS: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  });

  // WHEN
  const letter = { body: 'b', messageGroup: 'g', deduplicationId: 'd', attributes: {} };
  const trace = 'Root=1-5759e988-bd862e3fe1be46a994272793';
  try {
    const queue = sqsDeadLetterQueue(queueUrl);
    await queue.send({ ...letter, trace });
    await queue.send(letter);
  } finally {
    restore();
    server.closeAllConnections();
    server.close();
  }

  // THEN
  expect(asked).toEqual([
    expect.objectContaining({
      MessageSystemAttributes: { AWSTraceHeader: { DataType: 'String', StringValue: trace } },
    }),
    expect.not.objectContaining({ MessageSystemAttributes: expect.anything() }),
  ]);
});
