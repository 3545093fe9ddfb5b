import {
  GetFunctionConfigurationCommand,
  LambdaClient,
  UpdateFunctionConfigurationCommand,
  waitUntilFunctionUpdatedV2,
} from '@aws-sdk/client-lambda';
import type { ClientConfig } from '../endpoint/client-config.ts';

/** Where the SDK looks for SES, before `AWS_ENDPOINT_URL` (AWS SDKs and Tools Reference Guide, "Service-specific endpoints"). */
const variable = 'AWS_ENDPOINT_URL_SESV2';

/** In seconds; an emulator is done at once. */
const maxWaitTime = 60;

/**
 * Has a deployed function send its mails to another address than the rest of its requests. The function has to reach
 * it: one that runs in a container does not see this machine's loopback.
 */
export async function redirectMail(
  clientConfig: ClientConfig,
  functionName: string,
  url: string,
): Promise<void> {
  const client = new LambdaClient(clientConfig);
  try {
    const { Environment } = await client.send(
      new GetFunctionConfigurationCommand({ FunctionName: functionName }),
    );
    await client.send(
      new UpdateFunctionConfigurationCommand({
        FunctionName: functionName,
        // What is not named would be removed.
        Environment: { Variables: { ...Environment?.Variables, [variable]: url } },
      }),
    );
    await waitUntilFunctionUpdatedV2({ client, maxWaitTime }, { FunctionName: functionName });
  } finally {
    client.destroy();
  }
}
