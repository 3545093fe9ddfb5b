import {
  GetFunctionConfigurationCommand,
  LambdaClient,
  UpdateFunctionConfigurationCommand,
  waitUntilFunctionUpdatedV2,
} from '@aws-sdk/client-lambda';
import type { ClientConfig } from './client-config.ts';

/** Services by the names that the SDK knows them by. */
export type Service = 'SESV2' | 'DYNAMODB';

/**
 * Where the SDK looks for a service, before `AWS_ENDPOINT_URL` (AWS SDKs and Tools Reference Guide, "Service-specific
 * endpoints").
 */
function variableOf(service: string): string {
  return `AWS_ENDPOINT_URL_${service}`;
}

/** In seconds; an emulator is done at once. */
const maxWaitTime = 60;

/**
 * Has a deployed function send its requests to some services to other addresses than the rest. The function has to
 * reach them: one that runs in a container does not see this machine's loopback.
 */
export async function redirect(
  clientConfig: ClientConfig,
  functionName: string,
  urls: Readonly<Partial<Record<Service, string>>>,
): Promise<void> {
  const redirected = Object.entries(urls).map(([service, url]) => [variableOf(service), url] as const);
  if (redirected.length === 0) return;
  const client = new LambdaClient(clientConfig);
  try {
    const { Environment } = await client.send(
      new GetFunctionConfigurationCommand({ FunctionName: functionName }),
    );
    await client.send(
      new UpdateFunctionConfigurationCommand({
        FunctionName: functionName,
        // What is not named would be removed.
        Environment: { Variables: { ...Environment?.Variables, ...Object.fromEntries(redirected) } },
      }),
    );
    await waitUntilFunctionUpdatedV2({ client, maxWaitTime }, { FunctionName: functionName });
  } finally {
    client.destroy();
  }
}
