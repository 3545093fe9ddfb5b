import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { answerTo, operationOf, type WireAnswer } from '../../support/dynamodb/answer.ts';
import type { MemoryDynamoDb } from '../../support/dynamodb/memory-dynamodb.ts';

// biome-ignore lint/suspicious/noExplicitAny: each operation has an input of its own.
type Input = any;

/** A request that reached AWS, or the payment provider. */
export interface Call {
  /** The access key of the request's signature. */
  readonly caller: string;
  readonly service: 'dynamodb' | 'sqs' | 'sns' | 'ses' | 'secretsmanager' | 'provider';
  /** `SendMessage` for instance. */
  readonly operation: string;
  readonly input: Input;
}

/** What happens to a request in place of its effect. `lost` closes the connection. */
export type Trouble = WireAnswer | 'lost';

export interface AwsEndpoint {
  readonly url: string;
  readonly calls: readonly Call[];
  /** Gives the next requests of an operation these answers, one after the other. */
  disturb(operation: string, ...troubles: readonly Trouble[]): void;
  stop(): Promise<void>;
}

/**
 * Serves the services that the functions call, and notes each request. DynamoDB is in memory, the other services accept
 * everything.
 */
export async function serveAws(dynamoDb: MemoryDynamoDb): Promise<AwsEndpoint> {
  const calls: Call[] = [];
  const troubles = new Map<string, Trouble[]>();
  const server = createServer(async (request, response) => {
    const body = await text(request);
    const call = callOf(request, body);
    calls.push(call);
    // The SDK would correct its clock by the date, and send a refused request again.
    response.sendDate = false;
    const answer = troubles.get(call.operation)?.shift() ?? answerOf(dynamoDb, call, body);
    if (answer === 'lost') request.socket.destroy();
    else response.writeHead(answer.statusCode, { 'content-type': typeOf(call) }).end(answer.body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    disturb: (operation, ...next) => troubles.set(operation, [...(troubles.get(operation) ?? []), ...next]),
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function callOf({ headers, url }: IncomingMessage, body: string): Call {
  const [, caller = ''] = /Credential=([^/]+)\//.exec(headers.authorization ?? '') ?? [];
  const target = String(headers['x-amz-target'] ?? '');
  const operation = operationOf(target);
  if (target.startsWith('DynamoDB_'))
    return { caller, service: 'dynamodb', operation, input: JSON.parse(body) };
  if (target.startsWith('AmazonSQS.')) return { caller, service: 'sqs', operation, input: JSON.parse(body) };
  if (target.startsWith('secretsmanager.')) {
    return { caller, service: 'secretsmanager', operation, input: JSON.parse(body) };
  }
  if (url === '/v2/email/outbound-emails') {
    return { caller, service: 'ses', operation: 'SendEmail', input: JSON.parse(body) };
  }
  if (url === '/charges')
    return { caller, service: 'provider', operation: 'charge', input: JSON.parse(body) };
  const form = new URLSearchParams(body);
  if (form.get('Action') !== 'PublishBatch') throw new Error(`An unknown request: ${url} ${target} ${body}`);
  return { caller, service: 'sns', operation: 'PublishBatch', input: { TopicArn: form.get('TopicArn') } };
}

const published =
  '<PublishBatchResponse><PublishBatchResult><Successful><member><Id>0</Id></member></Successful></PublishBatchResult></PublishBatchResponse>';

function answerOf(dynamoDb: MemoryDynamoDb, { service, operation, input }: Call, body: string): WireAnswer {
  switch (service) {
    case 'dynamodb':
      return answerTo(dynamoDb, operation, operation === 'GetItem' ? wholeRead(input) : body);
    case 'sns':
      return { statusCode: 200, body: published };
    case 'sqs':
      // The SDK compares the digest of what it sent.
      return { statusCode: 200, body: JSON.stringify({ MD5OfMessageBody: md5(input.MessageBody ?? '') }) };
    case 'secretsmanager':
      return { statusCode: 200, body: JSON.stringify({ SecretString: 'token' }) };
    default:
      return { statusCode: 200, body: '{}' };
  }
}

/** DynamoDB in memory reads whole items, as they are now. */
function wholeRead({ TableName, Key }: Input): string {
  return JSON.stringify({ TableName, Key, ConsistentRead: true });
}

function md5(content: string): string {
  return createHash('md5').update(content).digest('hex');
}

function typeOf({ service }: Call): string {
  return service === 'sns' ? 'text/xml' : 'application/x-amz-json-1.0';
}
