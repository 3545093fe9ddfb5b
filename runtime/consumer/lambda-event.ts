import type { Context, SQSMessageAttributes, SQSRecord } from 'aws-lambda';
import { environmentNames } from '../../contract/environment.ts';
import { ConfigurationError } from '../../contract/errors.ts';
import { allowedClockSkewMs, longestLeaseMs } from '../../contract/policies/lease.ts';
import { truncate } from '../../contract/truncate.ts';

/** Maximum characters that an error quotes. */
const quoted = 200;

/**
 * A request of a tool to a deployed consumer: how does its code identify these messages? Tools then need not guess.
 *
 *   { "order-once": "identify", "bodies": ["{\"specversion\":\"1.0\", ...}", { "body": "...", "attributes": { ... } }] }
 *
 * `attributes` are SQS message attributes in the form in which Lambda hands them over.
 */
export interface IdentifyRequest {
  readonly 'order-once': 'identify';
  readonly bodies: readonly (
    | string
    | { readonly body: string; readonly attributes?: SQSMessageAttributes }
  )[];
}

export function isIdentifyRequest(event: unknown): event is IdentifyRequest {
  return isObject(event) && event['order-once'] === 'identify';
}

/** The input of an invocation by Lambda. */
export interface Batch {
  readonly records: readonly SQSRecord[];
  /** Remaining time of the invocation. */
  readonly remainingTimeMs: number;
}

/**
 * Reads event and context of an invocation.
 *
 * @throws ConfigurationError for another event than the batch of an SQS queue, for a context that is not Lambda's, and for
 *   an invocation that is longer than the visibility timeout allows.
 */
export function readInvocation(
  event: unknown,
  context: Partial<Pick<Context, 'getRemainingTimeInMillis'>> | undefined,
  visibilityTimeoutSeconds: number,
): Batch {
  const records = recordsOf(event);
  const remainingTimeMs = remainingTimeOf(context);
  refuseLongLeases(remainingTimeMs, visibilityTimeoutSeconds);
  return { records, remainingTimeMs };
}

/**
 * The records of an invocation's event.
 *
 * @throws ConfigurationError for an event that is not the batch of a queue's event source mapping. Its messages could
 *   not be settled, and Lambda reads a response without failures as "all settled".
 */
function recordsOf(event: unknown): readonly SQSRecord[] {
  const records = isObject(event) ? event.Records : undefined;
  if (!Array.isArray(records)) throw refused(`The function was invoked with ${told(event)}`);
  for (const [index, record] of records.entries()) {
    const { messageId, receiptHandle } = isObject(record) ? record : {};
    if (isText(messageId) && isText(receiptHandle)) continue;
    throw refused(`Records[${index}] has no "messageId" or no "receiptHandle": it is ${told(record)}`);
  }
  return records;
}

/**
 * The remaining time of the invocation, in ms.
 *
 * @throws ConfigurationError for an object that is not a context of Lambda: without the end of the invocation there is
 *   no lease and no deadline.
 */
function remainingTimeOf(context: Partial<Pick<Context, 'getRemainingTimeInMillis'>> | undefined): number {
  const remaining: unknown =
    typeof context?.getRemainingTimeInMillis === 'function' ? context.getRemainingTimeInMillis() : undefined;
  if (typeof remaining === 'number' && Number.isFinite(remaining)) return remaining;
  throw new ConfigurationError(
    `The second argument has to be the context of Lambda, whose getRemainingTimeInMillis() returns a number; it gave ` +
      `${told(remaining)}. A test passes { getRemainingTimeInMillis: () => 30_000 }`,
  );
}

/**
 * If a lease is longer than the visibility timeout, SQS delivers the message again while its own lease is still live,
 * and the message can never run. Synthesis checks this; here it is checked again, because function or queue may have
 * changed since. The environment does not contain the function's timeout, so the check uses the remaining time of the
 * invocation. It runs under every guarantee, because exactly-once also takes a lease when an operator sends an unknown
 * outcome again.
 */
function refuseLongLeases(remainingTimeMs: number, visibilityTimeoutSeconds: number): void {
  const leaseMs = longestLeaseMs(remainingTimeMs);
  if (leaseMs <= visibilityTimeoutSeconds * 1000) return;
  throw new ConfigurationError(
    `A lease would last ${leaseMs / 1000} s (${remainingTimeMs / 1000} s of the invocation + ` +
      `${allowedClockSkewMs / 1000} s of clock skew), but the visibility timeout is ${visibilityTimeoutSeconds} s: raise ` +
      `the queue's visibility timeout and ${environmentNames.visibilityTimeoutSeconds}, or lower the function's timeout`,
  );
}

function refused(found: string): ConfigurationError {
  return new ConfigurationError(
    `${found}. It takes { "Records": [...] }, the batches of an event source mapping of an SQS queue, and no others`,
  );
}

function told(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (!isObject(value)) return truncate(String(value), quoted);
  const { eventSource = value.EventSource } = value;
  const from = typeof eventSource === 'string' ? `a record of ${eventSource} ` : 'an object ';
  return truncate(`${from}with the members ${JSON.stringify(Object.keys(value))}`, quoted);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}
