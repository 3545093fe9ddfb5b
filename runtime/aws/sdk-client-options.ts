import type { DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';

type Logger = NonNullable<DynamoDBClientConfig['logger']>;

/** What the runtime's clients of the SDK have in common. */
export const clientOptions = {
  /**
   * In milliseconds: a request that takes longer is given up and sent again by the SDK, to DynamoDB with the same request
   * token. A healthy one takes tens of milliseconds; without a bound one dead connection would eat the invocation.
   */
  requestHandler: { connectionTimeout: 1000, requestTimeout: 3000, throwOnRequestTimeout: true },
  /**
   * Warnings only. The SDK's own logger has an `info` and an `error` that do nothing, and for their sake the input and the
   * output of each request are copied: a tenth of the processor time of a delivery.
   */
  logger: {
    // biome-ignore lint/suspicious/noConsole: where the SDK itself puts its warnings.
    warn: (...content: unknown[]) => console.warn(...content),
    debug: () => {},
    trace: () => {},
  } as unknown as Logger,
};
