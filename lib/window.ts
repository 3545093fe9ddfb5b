import { longestLease } from '../contract/lease.ts';
import {
  leastMaxReceiveCount,
  longestWaiting,
  maxAttempts,
  maxMaxReceiveCount,
  type Receiving,
} from '../contract/retrying.ts';

/**
 * The arithmetic of the idempotency window, in seconds: how long a message can live, and so how long a record must be
 * kept and a received message hidden. How often it can be received is in contract/retrying.ts.
 */
const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

/**
 * How long SNS goes on trying to deliver to a queue: 100,015 attempts over 23 days (AWS: "Amazon SNS message
 * delivery retries", docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html).
 */
export const snsDeliveryRetries = 23 * day;

/** How far the clocks of publishers, SQS and functions may be apart. */
export const clockSkew = hour;

/** The longest that SQS keeps a message (AWS: "Amazon SQS message quotas"). */
export const maxRetention = 14 * day;

/** From publication to the last delivery: SNS retries, the queue, the dead-letter queue, and a redrive out of it. */
export function leastRecordTtl(times: {
  readonly queueRetention: number;
  readonly deadLetterRetention: number;
}): number {
  return snsDeliveryRetries + times.queueRetention + times.deadLetterRetention + clockSkew;
}

/** AWS: "Creating and configuring an Amazon SQS event source mapping", Visibility timeout. */
export function leastVisibilityTimeout(functionTimeout: number): number {
  return 6 * functionTimeout;
}

/** A claim made at the start of an invocation: until that has ended, on every clock. */
export function longestLeaseOf(functionTimeout: number): number {
  return longestLease(functionTimeout * 1000) / 1000;
}

/**
 * The shortest visibility timeout that suits the function and with which a function that does not start is received
 * within 1,000 times during the tolerated outage.
 */
export function defaultVisibilityTimeout(consumer: {
  readonly functionTimeout: number;
  readonly batchSize: number;
  readonly toleratedOutage: number;
}): number {
  const receives = maxMaxReceiveCount - consumer.batchSize * maxAttempts;
  return Math.max(
    leastVisibilityTimeout(consumer.functionTimeout),
    Math.ceil(consumer.toleratedOutage / receives),
  );
}

/**
 * As many receives as SQS counts, but no more than come before a message is deleted that no function gets hold of: it
 * comes again after every visibility timeout. Not below what the runtime needs.
 */
export function defaultMaxReceiveCount(queue: Receiving & { readonly retention: number }): number {
  const most = Math.floor(longestWaiting(queue) / queue.visibilityTimeout);
  return Math.min(maxMaxReceiveCount, Math.max(leastMaxReceiveCount(queue), most));
}
