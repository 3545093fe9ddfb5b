import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { answerTo, contentType, failure, operationOf, type WireAnswer } from './answer.ts';
import type { MemoryDynamoDb } from './memory-dynamodb.ts';

export interface ServerOptions {
  /** How long an answer takes at least, in ms; what a request writes is written when it comes. Default: 0. */
  readonly latencyMs?: number;
  /** Is told of each request as it comes: `PutItem`, for instance, and how long its body is, in bytes. */
  readonly onRequest?: (operation: string, length: number) => void;
}

export interface DynamoDbServer {
  /** For `AWS_ENDPOINT_URL_DYNAMODB`, or a client's `endpoint`. */
  readonly endpoint: string;
  stop(): Promise<void>;
}

/** Serves DynamoDB in memory by HTTP, on a free port of the loopback interface. No signature is looked at. */
export async function serveDynamoDb(
  dynamoDb: MemoryDynamoDb,
  { latencyMs = 0, onRequest }: ServerOptions = {},
): Promise<DynamoDbServer> {
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const operation = operationOf(String(request.headers['x-amz-target']));
    const sent = Buffer.concat(chunks);
    onRequest?.(operation, sent.length);
    const { statusCode, body } = answered(dynamoDb, operation, sent.toString());
    if (latencyMs > 0) await delay(latencyMs);
    response.writeHead(statusCode, { 'content-type': contentType }).end(body);
  }

  const server = createServer((request, response) => {
    // A client that went away has no answer to wait for.
    answer(request, response).catch(() => response.destroy());
  });
  // Node's 5 s would cut an idle connection in the moment in which a busy client sends on it: ECONNRESET.
  server.keepAliveTimeout = 0;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** What is not known here is no failure that a client may try again. */
function answered(dynamoDb: MemoryDynamoDb, operation: string, body: string): WireAnswer {
  try {
    return answerTo(dynamoDb, operation, body);
  } catch (error) {
    const { name, message } = error as Error;
    return failure(name, message);
  }
}
