import {
  GetFunctionConfigurationCommand,
  LambdaClient,
  UpdateFunctionConfigurationCommand,
  waitUntilFunctionUpdatedV2,
} from '@aws-sdk/client-lambda';
import type { ClientConfig } from '../../local/endpoint/client-config.ts';

/** Services by their SDK names. */
export type Service = 'SESV2' | 'DYNAMODB';

/**
 * The environment variable with a service's endpoint, which takes precedence over `AWS_ENDPOINT_URL` (AWS SDKs and
 * Tools Reference Guide, "Service-specific endpoints").
 */
function variableOf(service: string): string {
  return `AWS_ENDPOINT_URL_${service}`;
}

/** Maximum wait in seconds. An emulator updates at once. */
const maxWaitTime = 60;

/**
 * Redirects a deployed function's requests to some services. The function must be able to reach the new addresses: for a
 * function in a container they differ from those on this machine (`urlForFunctions`).
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
        // An update removes variables that it does not name.
        Environment: { Variables: { ...Environment?.Variables, ...Object.fromEntries(redirected) } },
      }),
    );
    await waitUntilFunctionUpdatedV2({ client, maxWaitTime }, { FunctionName: functionName });
  } finally {
    client.destroy();
  }
}
