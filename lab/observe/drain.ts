import { setTimeout as delay } from 'node:timers/promises';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { OrderOnceError } from '../../contract/errors.ts';
import { backoffCap } from '../../contract/policies/retry-policy.ts';
import { depth } from './queue.ts';

const pollMs = 250;
/** SQS's counts are approximate: queues are empty when they say so this many times in a row. */
const emptyPolls = 4;
/**
 * Queues that have not become shorter for so long are stuck. It is twice the visibility timeout of production (180 s), for
 * which a message is hidden whose function died.
 */
const stalledSeconds = 360;

/**
 * For how long queues may stay as long as they are, in seconds.
 * @param outage How long the store refuses, in seconds. The groups that it struck are hidden after it for as long as the
 *   longest backoff.
 */
export function drainTimeoutOf(outage: number): number {
  return stalledSeconds + (outage > 0 ? outage + backoffCap : 0);
}

class StalledError extends OrderOnceError {
  constructor(left: number, queueUrls: readonly string[], seconds: number) {
    super(
      'STALLED',
      `${left} messages stay in ${queueUrls.join(', ')}: none was settled for ${seconds} s. ` +
        "The functions' logs say why",
    );
  }
}

/**
 * Waits until queues are empty. Messages that wait for a retry count as queued.
 * @param timeout How long the queues may go without becoming shorter, in seconds.
 * @param onDepth Called with how many messages are left.
 * @throws StalledError
 */
export async function drain(
  client: SQSClient,
  queueUrls: readonly string[],
  timeout: number,
  onDepth: (left: number) => void,
): Promise<void> {
  let least = Number.POSITIVE_INFINITY;
  let leastAt = Date.now();
  let empty = 0;
  while (empty < emptyPolls) {
    const left = await totalDepth(client, queueUrls);
    onDepth(left);
    empty = left === 0 ? empty + 1 : 0;
    if (left < least) {
      least = left;
      leastAt = Date.now();
    } else if (left > 0 && Date.now() - leastAt > timeout * 1000) {
      throw new StalledError(left, queueUrls, timeout);
    }
    await delay(pollMs);
  }
}

/** How many messages queues hold together. */
export async function totalDepth(client: SQSClient, queueUrls: readonly string[]): Promise<number> {
  const depths = await Promise.all(queueUrls.map((queueUrl) => depth(client, queueUrl)));
  return depths.reduce((sum, one) => sum + one, 0);
}
