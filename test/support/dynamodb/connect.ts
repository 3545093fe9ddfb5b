import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { answerTo, contentType } from './answer.ts';
import type { MemoryDynamoDb } from './memory-dynamodb.ts';

/** Of an HTTP request of the SDK's, what an answer depends on. */
interface SdkRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** A request as it is on its way. */
export interface Sending {
  /** `PutItem`, for instance. */
  readonly operation: string;
  readonly body: string;
  /** Has the request's effect; `statusCode` and body of its answer. */
  arrive(): { readonly statusCode: number; readonly body: string };
}

/**
 * A client of the SDK whose requests stay in this process: it writes them and reads answers and errors as it does over
 * a network. It tries once, signs nothing and looks for no configuration.
 *
 * @param pass Stands between the client and DynamoDB; what it throws is what the client's HTTP threw. Default: nothing
 *   befalls a request.
 */
export function connect(
  dynamoDb: MemoryDynamoDb,
  pass: (sending: Sending) => Promise<ReturnType<Sending['arrive']>> = async (sending) => sending.arrive(),
): DynamoDBClient {
  return new DynamoDBClient({
    region: 'us-east-1',
    endpoint: 'http://dynamodb.in-memory',
    credentials: { accessKeyId: 'none', secretAccessKey: 'none' },
    signer: { sign: async (request) => request },
    maxAttempts: 1,
    // Everything that the SDK would read a file for.
    retryMode: 'standard',
    defaultsMode: 'standard',
    accountIdEndpointMode: 'disabled',
    authSchemePreference: [],
    endpointDiscoveryEnabledProvider: async () => false,
    useDualstackEndpoint: false,
    useFipsEndpoint: false,
    userAgentAppId: 'none',
    requestHandler: {
      metadata: { handlerProtocol: 'in memory' },
      updateHttpClientConfig() {},
      httpHandlerConfigs: () => ({}),
      async handle({ headers, body = '' }: SdkRequest) {
        const target = headers['x-amz-target'] ?? '';
        const text = typeof body === 'string' ? body : Buffer.from(body).toString();
        const answer = await pass({
          operation: target.slice(target.indexOf('.') + 1),
          body: text,
          arrive: () => answerTo(dynamoDb, target, text),
        });
        const bytes = Buffer.from(answer.body);
        const answered = { 'content-type': contentType };
        return { response: { statusCode: answer.statusCode, headers: answered, body: bytes } };
      },
    },
  });
}
