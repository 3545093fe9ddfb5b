import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { type LoggedLine, readLines } from '../../lab/observe/deliveries.ts';

/** When an invocation ran, in ms since the epoch. */
interface Invocation {
  readonly begin: number;
  readonly end: number;
}

/**
 * Returns the time from the start of a function's first invocation after `since` to the end of its last one, in ms.
 * Lambda's report lines contain these times. The time that messages wait in the queue before and after is not included.
 *
 * @param since Milliseconds since the epoch.
 */
export async function workTime(
  client: CloudWatchLogsClient,
  functionName: string,
  since: number,
): Promise<number> {
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for await (const line of readLines(client, functionName)) {
    const invocation = invocationOf(line);
    if (invocation === undefined || invocation.begin < since) continue;
    first = Math.min(first, invocation.begin);
    last = Math.max(last, invocation.end);
  }
  if (last < first) throw new Error(`${functionName} logged no invocation`);
  return last - first;
}

function invocationOf({ text, timestamp }: LoggedLine): Invocation | undefined {
  const [, duration] = /^REPORT .*?\bDuration: ([\d.]+) ms/.exec(text) ?? [];
  return duration === undefined ? undefined : { begin: timestamp - Number(duration), end: timestamp };
}
