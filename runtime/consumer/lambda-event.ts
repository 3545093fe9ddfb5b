import type { Context, SQSRecord } from 'aws-lambda';
import { ConfigurationError } from '../../contract/errors.ts';
import { truncate } from '../../contract/truncate.ts';

/** In characters, of what an error quotes. */
const quoted = 200;

/**
 * The records of an invocation's event.
 *
 * @throws ConfigurationError for whatever is not the batch of an event source mapping of a queue: nothing of it could be
 *   settled, and Lambda reads an answer without failures as "all done".
 */
export function recordsOf(event: unknown): readonly SQSRecord[] {
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
 * How long the invocation lasts yet, in ms.
 *
 * @throws ConfigurationError for what is no context of Lambda: without an end, no lease and no deadline can be told.
 */
export function remainingTimeOf(
  context: Partial<Pick<Context, 'getRemainingTimeInMillis'>> | undefined,
): number {
  const remaining: unknown =
    typeof context?.getRemainingTimeInMillis === 'function' ? context.getRemainingTimeInMillis() : undefined;
  if (typeof remaining === 'number' && Number.isFinite(remaining)) return remaining;
  throw new ConfigurationError(
    `The second argument has to be the context of Lambda, whose getRemainingTimeInMillis() returns a number; it gave ` +
      `${told(remaining)}. A test passes { getRemainingTimeInMillis: () => 30_000 }`,
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
