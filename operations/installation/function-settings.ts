import { GetFunctionConfigurationCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import type { ConsumerDescription } from '../../contract/consumer-description.ts';
import { environmentNames } from '../../contract/environment.ts';

/** What the deployed function was configured with. */
export interface FunctionSettings {
  /** Digest of its code. */
  readonly code: string;
  readonly timeoutSeconds: number;
  /** How long records are valid; `NaN` if the function does not say. */
  readonly recordTtlSeconds: number;
}

export async function readFunctionSettings(
  client: LambdaClient,
  { function: FunctionName }: Pick<ConsumerDescription, 'function'>,
): Promise<FunctionSettings> {
  const {
    CodeSha256 = '',
    Timeout = 3,
    Environment,
  } = await client.send(new GetFunctionConfigurationCommand({ FunctionName }));
  return {
    code: CodeSha256,
    timeoutSeconds: Timeout,
    recordTtlSeconds: Number(Environment?.Variables?.[environmentNames.recordTtlSeconds]),
  };
}
