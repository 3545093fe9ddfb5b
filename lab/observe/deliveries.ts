import {
  type CloudWatchLogsClient,
  paginateDescribeLogStreams,
  paginateGetLogEvents,
} from '@aws-sdk/client-cloudwatch-logs';
import { type DeliveryLog, deliveryLogMessage } from '../../contract/reporting/delivery-log.ts';

/** Log events per page. The SDK needs several times the memory of a page to read it. */
const pageSize = 1000;

/** A delivery and its place in the log. */
export interface LoggedDelivery extends DeliveryLog {
  /**
   * When the delivery ended, in milliseconds since the epoch, on the function's own clock. The line may reach the log
   * only at the next invocation of the same process.
   */
  readonly at: number;
  /** The log stream, whose lines are in the order in which they were written. */
  readonly stream: string;
}

export interface LoggedLine {
  readonly text: string;
  /** When the line reached the log, in ms since the epoch. */
  readonly timestamp: number;
  readonly stream: string;
}

/** The parts of a function's log that the verifier needs. */
export interface FunctionLog {
  /** Sorted by time; lines of one millisecond in the order of their streams. */
  readonly deliveries: readonly LoggedDelivery[];
  /** Number of invocations that Lambda ended at their timeout. */
  readonly timeouts: number;
  /** Number of invocations whose process ended before it answered. */
  readonly deaths: number;
}

/** The log lines of Lambda and of the emulator for an invocation whose process has ended. */
const death = /Runtime\.ExitError|Runtime exited|Worker process died/;

/**
 * Reads a function's log stream by stream, because an emulator's FilterLogEvents cuts a long answer off and returns no
 * token for the next page.
 */
export async function* readLines(
  client: CloudWatchLogsClient,
  functionName: string,
): AsyncGenerator<LoggedLine> {
  const logGroupName = `/aws/lambda/${functionName}`;
  for (const logStreamName of await streamsOf(client, logGroupName)) {
    const stream = { logGroupName, logStreamName, startFromHead: true };
    const pages = paginateGetLogEvents({ client, pageSize, stopOnSameToken: true }, stream);
    for await (const { events = [] } of pages) {
      for (const { message = '', timestamp = 0 } of events) {
        yield { text: message, timestamp, stream: logStreamName };
      }
    }
  }
}

/** Lists each stream once. An emulator's page starts at a position, so a new stream moves others to the next page. */
async function streamsOf(client: CloudWatchLogsClient, logGroupName: string): Promise<ReadonlySet<string>> {
  const names = new Set<string>();
  for await (const { logStreams = [] } of paginateDescribeLogStreams({ client }, { logGroupName })) {
    for (const { logStreamName = '' } of logStreams) names.add(logStreamName);
  }
  return names;
}

/** Reads a function's deliveries, and counts invocations that timed out or died. */
export async function readLog(client: CloudWatchLogsClient, functionName: string): Promise<FunctionLog> {
  const deliveries: LoggedDelivery[] = [];
  let timeouts = 0;
  let deaths = 0;
  for await (const { text, stream } of readLines(client, functionName)) {
    const delivery = parseDelivery(text, stream);
    if (delivery !== undefined) deliveries.push(delivery);
    else if (text.includes('Task timed out after')) timeouts += 1;
    else if (death.test(text)) deaths += 1;
  }
  deliveries.sort((a, b) => a.at - b.at);
  return { deliveries, timeouts, deaths };
}

/** All deliveries in a function's log, sorted by time. */
export async function readDeliveries(
  client: CloudWatchLogsClient,
  functionName: string,
): Promise<readonly LoggedDelivery[]> {
  return (await readLog(client, functionName)).deliveries;
}

function parseDelivery(line: string, stream: string): LoggedDelivery | undefined {
  const start = line.indexOf('{');
  if (start === -1) return undefined;
  try {
    const { timestamp, ...fields } = JSON.parse(line.slice(start));
    if (fields.message !== deliveryLogMessage) return undefined;
    return { ...fields, at: Date.parse(timestamp), stream };
  } catch {
    return undefined;
  }
}
