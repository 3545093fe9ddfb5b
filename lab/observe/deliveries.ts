import {
  type CloudWatchLogsClient,
  paginateDescribeLogStreams,
  paginateGetLogEvents,
} from '@aws-sdk/client-cloudwatch-logs';
import { type DeliveryLog, deliveryLogMessage } from '../../contract/reporting/delivery-log.ts';

/** Events a page: the SDK holds a page several times over while it reads one. */
const pageSize = 1000;

/** A delivery, and where the log has it. */
export interface LoggedDelivery extends DeliveryLog {
  /**
   * When it ended, in milliseconds since the epoch, by the function's own clock: when a line reaches the log may be as
   * late as the next invocation of the process that wrote it.
   */
  readonly at: number;
  /** The log stream, whose lines are in the order in which they were written. */
  readonly stream: string;
}

export interface LoggedLine {
  readonly text: string;
  /** When it reached the log, in ms since the epoch. */
  readonly timestamp: number;
  readonly stream: string;
}

/** What the log of a function tells. */
export interface FunctionLog {
  /** By time; those of a millisecond as their streams have them. */
  readonly deliveries: readonly LoggedDelivery[];
  /** Invocations that Lambda ended because their time was over. */
  readonly timeouts: number;
  /** Invocations whose process ended before it answered. */
  readonly deaths: number;
}

/** What Lambda, and the emulator, log of an invocation whose process is gone. */
const death = /Runtime\.ExitError|Runtime exited|Worker process died/;

/**
 * Reads a function's log stream by stream, since an emulator's FilterLogEvents cuts a long answer off without a token
 * to go on from.
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

/** Each once: an emulator's page begins by its number, so a stream made meanwhile moves others onto the next page. */
async function streamsOf(client: CloudWatchLogsClient, logGroupName: string): Promise<ReadonlySet<string>> {
  const names = new Set<string>();
  for await (const { logStreams = [] } of paginateDescribeLogStreams({ client }, { logGroupName })) {
    for (const { logStreamName = '' } of logStreams) names.add(logStreamName);
  }
  return names;
}

/** What the log of a function tells of its deliveries, and of invocations that came to a bad end. */
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

/** Every delivery that a function logged, by time. */
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
