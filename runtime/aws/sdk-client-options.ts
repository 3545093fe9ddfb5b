import type { DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';

type Logger = NonNullable<DynamoDBClientConfig['logger']>;

/** Options of all SDK clients of the runtime. */
export const clientOptions = {
  /**
   * Limits in milliseconds. The SDK cancels a slower request and sends it again, to DynamoDB with the same request
   * token. A healthy request takes tens of milliseconds. Without a limit, one dead connection would use up the
   * invocation.
   */
  requestHandler: { connectionTimeout: 1000, requestTimeout: 3000, throwOnRequestTimeout: true },
  /**
   * Logs only warnings. The SDK's default logger has an `info` and an `error` that do nothing, but the SDK copies the
   * input and the output of each request for them. That costs a tenth of the CPU time of a delivery.
   */
  logger: {
    // biome-ignore lint/suspicious/noConsole: the SDK itself writes warnings there.
    warn: (...content: unknown[]) => console.warn(...content),
    debug: () => {},
    trace: () => {},
  } as unknown as Logger,
};
