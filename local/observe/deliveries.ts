import {
  type CloudWatchLogsClient,
  paginateDescribeLogStreams,
  paginateGetLogEvents,
} from '@aws-sdk/client-cloudwatch-logs';
import { type DeliveryLog, deliveryLogMessage } from '../../contract/delivery-log.ts';
import { waitingOutcomes } from '../../contract/metrics.ts';

/** What a consumer says of itself, counted by SQS message. */
export interface ConsumerCounts {
  /** Messages that were settled: applied + duplicates + conflicts + poison + unknown. */
  readonly delivered: number;
  readonly applied: number;
  /** Those of the applied that came late, and were applied less what was stale. */
  readonly stale: number;
  readonly duplicates: number;
  readonly conflicts: number;
  readonly poison: number;
  readonly unknown: number;
  /** Deliveries that settled nothing, so that the message came again. */
  readonly failed: number;
}

/** Events a page: the SDK holds a page several times over while it reads one. */
const pageSize = 1000;

/** What the log of a function tells. */
export interface FunctionLog {
  /** By time. */
  readonly deliveries: readonly DeliveryLog[];
  /** Invocations that Lambda ended because their time was over. */
  readonly timeouts: number;
}

/**
 * Reads a function's log stream by stream, since an emulator's FilterLogEvents cuts a long answer off without a token
 * to go on from.
 */
export async function readLog(client: CloudWatchLogsClient, functionName: string): Promise<FunctionLog> {
  const logGroupName = `/aws/lambda/${functionName}`;
  const deliveries: { timestamp: number; delivery: DeliveryLog }[] = [];
  let timeouts = 0;
  for await (const { logStreams = [] } of paginateDescribeLogStreams({ client }, { logGroupName })) {
    for (const { logStreamName } of logStreams) {
      const stream = { logGroupName, logStreamName, startFromHead: true };
      const pages = paginateGetLogEvents({ client, pageSize, stopOnSameToken: true }, stream);
      for await (const { events = [] } of pages) {
        for (const { message = '', timestamp = 0 } of events) {
          const delivery = parseDelivery(message);
          if (delivery !== undefined) deliveries.push({ timestamp, delivery });
          else if (message.includes('Task timed out after')) timeouts += 1;
        }
      }
    }
  }
  deliveries.sort((a, b) => a.timestamp - b.timestamp);
  return { deliveries: deliveries.map(({ delivery }) => delivery), timeouts };
}

/** Every delivery that a function logged, by time. */
export async function readDeliveries(
  client: CloudWatchLogsClient,
  functionName: string,
): Promise<readonly DeliveryLog[]> {
  return (await readLog(client, functionName)).deliveries;
}

function parseDelivery(line: string): DeliveryLog | undefined {
  const start = line.indexOf('{');
  if (start === -1) return undefined;
  try {
    const fields = JSON.parse(line.slice(start));
    return fields.message === deliveryLogMessage ? fields : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Counts messages, not log lines: a message that was settled and yet came again (its function died before it could
 * acknowledge) counts once, by its first verdict, and its other deliveries as failed.
 */
export function count(deliveries: readonly DeliveryLog[]): ConsumerCounts {
  const verdicts = new Map<string, DeliveryLog['outcome']>();
  let appliedAgain = 0;
  const receives = new Map<string, number>();
  let stale = 0;
  for (const { messageId, outcome, appliedWith, receiveCount, stale: leftOut = 0 } of deliveries) {
    receives.set(messageId, Math.max(receives.get(messageId) ?? 0, receiveCount));
    // No sound runtime ever says this: it is counted, and the counts then don't add up.
    if (outcome === 'applied' && verdicts.get(messageId) === 'applied') appliedAgain += 1;
    if (leftOut > 0) stale += 1;
    // A slow owner may complete what was held as unknown for it.
    const isSettled =
      verdicts.has(messageId) && !(outcome === 'applied' && verdicts.get(messageId) === 'unknown');
    if (waitingOutcomes.has(outcome) || isSettled) continue;
    // Applied by this very message, in a delivery that died before it could say so.
    verdicts.set(messageId, appliedWith === messageId ? 'applied' : outcome);
  }
  const settled = (wanted: DeliveryLog['outcome']) =>
    [...verdicts.values()].filter((outcome) => outcome === wanted).length;
  let failed = 0;
  for (const [messageId, count] of receives) failed += verdicts.has(messageId) ? count - 1 : count;
  return {
    delivered: verdicts.size,
    applied: settled('applied') + appliedAgain,
    stale,
    duplicates: settled('duplicate'),
    conflicts: settled('conflict'),
    poison: settled('poison'),
    unknown: settled('unknown'),
    failed,
  };
}
