import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';

/**
 * Maximum number of processes of a function: one for the batch of the event source mapping, one for an earlier flush.
 */
const processes = 2;

/**
 * Makes a function's processes hand over the lines that they logged. An emulator waits milliseconds for the last lines of an
 * invocation. On a busy machine it collects them with the next invocation of the same process, so this function sends one
 * with an empty batch to each. The invocations run at once, because an emulator gives every single one to the same process.
 */
export async function flushLog(client: LambdaClient, functionName: string): Promise<void> {
  const Payload = Buffer.from(JSON.stringify({ Records: [] }));
  const invoke = () => client.send(new InvokeCommand({ FunctionName: functionName, Payload }));
  await Promise.all(Array.from({ length: processes }, invoke));
}
