import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import type { ConsumerDescription } from '../../contract/consumer-description.ts';
import { truncate } from '../../contract/truncate.ts';
import type { IdentifiedBody, IdentifyAnswer } from '../../runtime/consumer/identify.ts';
import { CannotLookError } from '../errors.ts';

/**
 * Asks the deployed consumer what it decides about bodies: whether it wants them, and the keys of their records. The
 * consumer's own code answers, so that no tool guesses it. It touches no record and runs no handler.
 *
 * @param bodies Together at most 6 MB (AWS: "Lambda quotas", synchronous invocations).
 * @throws CannotLookError if the function fails.
 */
export async function identifyBodies(
  client: LambdaClient,
  { consumer, function: FunctionName }: Pick<ConsumerDescription, 'consumer' | 'function'>,
  bodies: readonly string[],
): Promise<readonly IdentifiedBody[]> {
  if (bodies.length === 0) return [];
  const { FunctionError, Payload } = await client.send(
    new InvokeCommand({ FunctionName, Payload: JSON.stringify({ 'order-once': 'identify', bodies }) }),
  );
  const text = Payload === undefined ? '' : Buffer.from(Payload).toString();
  if (FunctionError === undefined) return (JSON.parse(text) as IdentifyAnswer).bodies;
  throw new CannotLookError(
    `The function of "${consumer}" fails (${FunctionError}): ${truncate(text, 300)}. Its messages wait until it starts.`,
  );
}
