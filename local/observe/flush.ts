import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';

/**
 * Has a function hand on what it logged. An emulator waits only milliseconds for the last lines of an invocation, and
 * on a busy machine gives them with the next one; so this is the next one, of an empty batch.
 */
export async function flushLog(client: LambdaClient, functionName: string): Promise<void> {
  const Payload = Buffer.from(JSON.stringify({ Records: [] }));
  await client.send(new InvokeCommand({ FunctionName: functionName, Payload }));
}
