import { ConfigurationError } from '../errors.ts';

/**
 * How long a record has to count, in seconds: as long as a message of its event can still come. A record that expires
 * before lets the event take effect again.
 */
const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

/**
 * How long SNS tries to deliver a message to a queue: 100,015 attempts over 23 days (AWS: "Amazon SNS message
 * delivery retries", docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html).
 */
export const snsDeliveryRetries = 23 * day;

/** How far the clocks of publishers, SQS and functions may be apart. */
export const clockSkew = hour;

/** The shortest and the longest that SQS keeps a message (AWS: "Amazon SQS message quotas"). */
export const minRetention = minute;
export const maxRetention = 14 * day;

/** From publication to the last delivery: SNS retries, the queue, the dead-letter queue, and a redrive out of it. */
export function leastRecordTtl(times: {
  readonly queueRetention: number;
  readonly deadLetterRetention: number;
}): number {
  return snsDeliveryRetries + times.queueRetention + times.deadLetterRetention + clockSkew;
}

/** Of queues that keep their messages as shortly as SQS can: no deployment may do with less. */
export const minRecordTtl = leastRecordTtl({
  queueRetention: minRetention,
  deadLetterRetention: minRetention,
});

/** Ten years: the shortest time in milliseconds, taken for seconds, is 63 years. */
export const maxRecordTtl = 3650 * day;

/**
 * A time for which records count.
 *
 * @param name The option that it is given as.
 * @throws ConfigurationError that names the option, its value and what it must be.
 */
export function checkRecordTtl(name: string, value: unknown): number {
  if (Number.isSafeInteger(value) && Number(value) >= minRecordTtl && Number(value) <= maxRecordTtl) {
    return Number(value);
  }
  throw new ConfigurationError(
    `${name} is ${typeof value === 'string' ? JSON.stringify(value) : String(value)}; it must be a whole number of ` +
      `seconds from ${minRecordTtl} (23 days of SNS delivery retries, the shortest retentions and an hour of clock ` +
      `skew) to ${maxRecordTtl}: the "ttl" of the RecordTable, 3888000 (45 days) by default`,
  );
}
