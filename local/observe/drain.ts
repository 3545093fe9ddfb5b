import { setTimeout as delay } from 'node:timers/promises';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { OrderOnceError } from '../../contract/errors.ts';
import { depth } from './queue.ts';

const pollMs = 250;
/** SQS's counts are approximate: a queue is empty when it says so this many times in a row. */
const emptyPolls = 4;
/** A queue that has not become shorter for so long never will. */
const stalledMs = 180_000;

class StalledError extends OrderOnceError {
  constructor(left: number, queueUrl: string) {
    super(
      'STALLED',
      `${left} messages stay in ${queueUrl}: none was settled for ${stalledMs / 1000} s. The function's log says why`,
    );
  }
}

/**
 * Waits until a queue is empty.
 * @param onDepth Called with how many messages are left.
 * @throws StalledError
 */
export async function drain(
  client: SQSClient,
  queueUrl: string,
  onDepth: (left: number) => void,
): Promise<void> {
  let least = Number.POSITIVE_INFINITY;
  let leastAt = Date.now();
  let empty = 0;
  while (empty < emptyPolls) {
    const left = await depth(client, queueUrl);
    onDepth(left);
    empty = left === 0 ? empty + 1 : 0;
    if (left < least) {
      least = left;
      leastAt = Date.now();
    } else if (left > 0 && Date.now() - leastAt > stalledMs) {
      throw new StalledError(left, queueUrl);
    }
    await delay(pollMs);
  }
}
