import { setTimeout as delay } from 'node:timers/promises';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { OrderOnceError } from '../../contract/errors.ts';
import { backoffCapSeconds } from '../../contract/policies/retry-policy.ts';
import { depth } from './queue.ts';

const pollMs = 250;
/** SQS's counts are approximate. Queues count as empty after this many empty counts in a row. */
const emptyPolls = 4;
/**
 * Seconds without progress after which queues are stuck: twice the visibility timeout of production (180 s), for which
 * the messages of a dead function stay hidden.
 */
const stalledSeconds = 360;

/**
 * Maximum time without progress of the queues, in seconds.
 * @param outageSeconds Length of the store's outage, in seconds. Afterwards its groups stay hidden for up to the longest
 *   backoff.
 */
export function drainTimeoutSeconds(outageSeconds: number): number {
  return stalledSeconds + (outageSeconds > 0 ? outageSeconds + backoffCapSeconds : 0);
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
 * Waits until queues are empty. Messages that wait for a retry count as queued. Progress is a new peak, or the lowest number
 * since the peak. A number that only goes up and down in between is none, because SQS's counts are approximate.
 * @param timeoutSeconds Maximum time without progress, in seconds.
 * @param onDepth Called with the number of remaining messages.
 * @throws StalledError
 */
export async function drain(
  client: SQSClient,
  queueUrls: readonly string[],
  timeoutSeconds: number,
  onDepth: (left: number) => void,
): Promise<void> {
  let most = 0;
  let least = Number.POSITIVE_INFINITY;
  let progressAt = Date.now();
  let empty = 0;
  while (empty < emptyPolls) {
    const left = await totalDepth(client, queueUrls);
    onDepth(left);
    empty = left === 0 ? empty + 1 : 0;
    // While the topic still hands messages to the queues, their number grows. What counts then is the fall from the peak.
    const grows = left > most;
    if (grows) most = left;
    if (grows || left < least) {
      least = left;
      progressAt = Date.now();
    } else if (left > 0 && Date.now() - progressAt > timeoutSeconds * 1000) {
      throw new StalledError(left, queueUrls, timeoutSeconds);
    }
    await delay(pollMs);
  }
}

/** Total number of messages in the queues. */
export async function totalDepth(client: SQSClient, queueUrls: readonly string[]): Promise<number> {
  const depths = await Promise.all(queueUrls.map((queueUrl) => depth(client, queueUrl)));
  return depths.reduce((sum, one) => sum + one, 0);
}
