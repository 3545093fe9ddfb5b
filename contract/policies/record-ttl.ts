import { ConfigurationError } from '../errors.ts';

/**
 * The time to live of records, in seconds. A record must live as long as a message of its event can still arrive. If it
 * expires earlier, the event can take effect again.
 */
const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

/**
 * How long SNS tries to deliver a message to a queue after a server-side error: 100,015 attempts over 23 days (AWS:
 * "Amazon SNS message delivery retries", docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html). After a
 * client-side error SNS does not retry (AWS: "Amazon SNS dead-letter queues"), so 23 days is the longest case.
 */
export const snsDeliveryRetriesSeconds = 23 * day;

/** Allowed clock skew between publishers, SQS and functions. */
export const clockSkewSeconds = hour;

/** The shortest and the longest retention of SQS (AWS: "Amazon SQS message quotas"). */
export const minRetentionSeconds = minute;
export const maxRetentionSeconds = 14 * day;

/** From publication to the last delivery: SNS retries, the queue, the dead-letter queue, and a redrive out of it. */
export function leastRecordTtlSeconds(times: {
  readonly queueRetentionSeconds: number;
  readonly deadLetterRetentionSeconds: number;
}): number {
  return (
    snsDeliveryRetriesSeconds +
    times.queueRetentionSeconds +
    times.deadLetterRetentionSeconds +
    clockSkewSeconds
  );
}

/** The minimum for queues with the shortest retention of SQS. No deployment can use less. */
export const minRecordTtlSeconds = leastRecordTtlSeconds({
  queueRetentionSeconds: minRetentionSeconds,
  deadLetterRetentionSeconds: minRetentionSeconds,
});

/** Ten years. If somebody gives milliseconds by mistake, even the minimum would be 63 years. */
export const maxRecordTtlSeconds = 3650 * day;

/**
 * Checks a time to live of records.
 *
 * @param name The name of the option.
 * @throws ConfigurationError that names the option, its value and the valid values.
 */
export function checkRecordTtl(name: string, value: unknown): number {
  if (
    Number.isSafeInteger(value) &&
    Number(value) >= minRecordTtlSeconds &&
    Number(value) <= maxRecordTtlSeconds
  ) {
    return Number(value);
  }
  throw new ConfigurationError(
    `${name} is ${typeof value === 'string' ? JSON.stringify(value) : String(value)}; it must be a whole number of ` +
      `seconds from ${minRecordTtlSeconds} (up to 23 days of SNS delivery retries, the shortest retentions and an hour of clock ` +
      `skew) to ${maxRecordTtlSeconds}: the "ttl" of the RecordTable, 3888000 (45 days) by default`,
  );
}
