import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { withEnvironment } from './environment.ts';

/** A request to SQS, as its JSON protocol has it. */
export interface SqsRequest {
  /** `AmazonSQS.SendMessage`, for instance. */
  readonly target: string | undefined;
  readonly body: unknown;
}

/**
 * Runs code whose SDK clients find an SQS that gives one answer.
 * @returns What it was asked, in order.
 */
export async function withSqsEndpoint(answer: object, run: () => Promise<void>): Promise<SqsRequest[]> {
  const asked: SqsRequest[] = [];
  const server = createServer(async (request, response) => {
    const chunks = await request.toArray();
    const target = request.headers['x-amz-target'];
    asked.push({ target: target?.toString(), body: JSON.parse(Buffer.concat(chunks).toString()) });
    response.setHeader('content-type', 'application/x-amz-json-1.0').end(JSON.stringify(answer));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const restore = withEnvironment({
    AWS_ENDPOINT_URL_SQS: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  });
  try {
    await run();
    return asked;
  } finally {
    restore();
    server.closeAllConnections();
    server.close();
  }
}
