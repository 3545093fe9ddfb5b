import { longestLeaseMs } from '../../contract/policies/lease.ts';
import {
  leastMaxReceiveCount,
  longestWaitingSeconds,
  maxAttempts,
  type Receiving,
  sqsMaxReceiveCountLimit,
} from '../../contract/policies/retry-policy.ts';

/*
 * How long a received message must be hidden, in seconds. How long a record must be kept is in contract/policies/record-ttl.ts,
 * how often a message can be received in contract/policies/retry-policy.ts.
 */

/** AWS: "Creating and configuring an Amazon SQS event source mapping", Visibility timeout. */
export function leastVisibilityTimeoutSeconds(functionTimeoutSeconds: number): number {
  return 6 * functionTimeoutSeconds;
}

/** The lease of a claim at the start of an invocation: until the invocation has ended, on every clock. */
export function longestLeaseSeconds(functionTimeoutSeconds: number): number {
  return longestLeaseMs(functionTimeoutSeconds * 1000) / 1000;
}

/**
 * The shortest visibility timeout that is long enough for the function, and with which a message of a function that does not
 * start is received at most 1,000 times during the tolerated outage.
 */
export function defaultVisibilityTimeoutSeconds(consumer: {
  readonly functionTimeoutSeconds: number;
  readonly batchSize: number;
  readonly toleratedOutageSeconds: number;
}): number {
  const receives = sqsMaxReceiveCountLimit - consumer.batchSize * maxAttempts;
  return Math.max(
    leastVisibilityTimeoutSeconds(consumer.functionTimeoutSeconds),
    Math.ceil(consumer.toleratedOutageSeconds / receives),
  );
}

/**
 * As many receives as SQS counts, but no more than a message gets before its retention if no function starts: then it
 * returns after each visibility timeout. At least as many as the runtime needs.
 */
export function defaultMaxReceiveCount(
  queue: Receiving & { readonly queueRetentionSeconds: number },
): number {
  const most = Math.floor(longestWaitingSeconds(queue) / queue.visibilityTimeoutSeconds);
  return Math.min(sqsMaxReceiveCountLimit, Math.max(leastMaxReceiveCount(queue), most));
}
