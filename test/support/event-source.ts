import type { ConsumerHandler } from '../../runtime/index.ts';
import type { FifoQueue } from './fifo-queue.ts';
import { remaining } from './sqs.ts';

export interface DrainOptions {
  /** Invocations; more of them fail the test. */
  readonly most?: number;
  /** What an invocation may take, in ms. */
  readonly invocation?: number;
  /** Ends it before the queue is empty. */
  readonly until?: () => boolean;
  /** Resolves when the process of the invocation that begins now has ended before it answered. */
  readonly died?: () => Promise<undefined>;
}

const never = () => new Promise<undefined>(() => {});

/**
 * Gives a queue's messages to a consumer, one batch at a time, until the queue is empty: what an invocation does not
 * return as failed is deleted, and nothing of one whose process died.
 */
export async function drain(
  queue: FifoQueue,
  consumer: ConsumerHandler,
  { most = 1000, invocation = 30_000, died = never, until = () => false }: DrainOptions = {},
): Promise<void> {
  for (let n = 0; queue.size > 0 && !until(); n++) {
    if (n === most) throw new Error(`${queue.size} messages are left after ${most} invocations`);
    const batch = queue.receive();
    if (batch.Records.length === 0) {
      queue.passHidden();
      continue;
    }
    const response = await Promise.race([consumer(batch, remaining(invocation)), died()]);
    if (response === undefined) continue;
    const failed = new Set(response.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    const done = batch.Records.filter(({ messageId }) => !failed.has(messageId));
    queue.remove(done.map(({ receiptHandle }) => receiptHandle));
  }
}
