import { longestLease } from '../../contract/policies/lease.ts';
import {
  leastMaxReceiveCount,
  longestWaiting,
  maxAttempts,
  type Receiving,
  sqsMaxReceiveCountLimit,
} from '../../contract/policies/retry-policy.ts';

/*
 * How long a received message must be hidden, in seconds. How long a record must be kept is in contract/policies/record-ttl.ts,
 * how often a message can be received in contract/policies/retry-policy.ts.
 */

/** AWS: "Creating and configuring an Amazon SQS event source mapping", Visibility timeout. */
export function leastVisibilityTimeout(functionTimeout: number): number {
  return 6 * functionTimeout;
}

/** The lease of a claim at the start of an invocation: until the invocation has ended, on every clock. */
export function longestLeaseOf(functionTimeout: number): number {
  return longestLease(functionTimeout * 1000) / 1000;
}

/**
 * The shortest visibility timeout that is long enough for the function, and with which a message of a function that does not
 * start is received at most 1,000 times during the tolerated outage.
 */
export function defaultVisibilityTimeout(consumer: {
  readonly functionTimeout: number;
  readonly batchSize: number;
  readonly toleratedOutage: number;
}): number {
  const receives = sqsMaxReceiveCountLimit - consumer.batchSize * maxAttempts;
  return Math.max(
    leastVisibilityTimeout(consumer.functionTimeout),
    Math.ceil(consumer.toleratedOutage / receives),
  );
}

/**
 * As many receives as SQS counts, but no more than a message gets before its retention if no function starts: then it
 * returns after each visibility timeout. At least as many as the runtime needs.
 */
export function defaultMaxReceiveCount(queue: Receiving & { readonly retention: number }): number {
  const most = Math.floor(longestWaiting(queue) / queue.visibilityTimeout);
  return Math.min(sqsMaxReceiveCountLimit, Math.max(leastMaxReceiveCount(queue), most));
}
