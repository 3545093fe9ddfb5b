import { setTimeout as delay } from 'node:timers/promises';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { OrderOnceError } from '../../contract/errors.ts';
import { depth } from './queue.ts';

const pollMs = 250;
/** SQS's counts are approximate: queues are empty when they say so this many times in a row. */
const emptyPolls = 4;
/** Queues that have not become shorter for so long never will. */
const stalledMs = 180_000;

class StalledError extends OrderOnceError {
  constructor(left: number, queueUrls: readonly string[]) {
    super(
      'STALLED',
      `${left} messages stay in ${queueUrls.join(', ')}: none was settled for ${stalledMs / 1000} s. ` +
        "The functions' logs say why",
    );
  }
}

/**
 * Waits until queues are empty.
 * @param onDepth Called with how many messages are left.
 * @throws StalledError
 */
export async function drain(
  client: SQSClient,
  queueUrls: readonly string[],
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
    } else if (left > 0 && Date.now() - leastAt > stalledMs) {
      throw new StalledError(left, queueUrls);
    }
    await delay(pollMs);
  }
}

/** How many messages queues hold together. */
export async function totalDepth(client: SQSClient, queueUrls: readonly string[]): Promise<number> {
  const depths = await Promise.all(queueUrls.map((queueUrl) => depth(client, queueUrl)));
  return depths.reduce((sum, one) => sum + one, 0);
}
