import type { MessageAttributeValue } from '@aws-sdk/client-sqs';

/** Deletes received messages from their queue. */
export interface Acknowledgements {
  acknowledge(receiptHandles: readonly string[]): Promise<void>;
}

/** Changes the visibility timeout of received messages. */
export interface VisibilityTimeouts {
  /** @param seconds The new timeout from now, in whole seconds. */
  change(receiptHandles: readonly string[], seconds: number): Promise<void>;
}

/** A message for the dead-letter queue. */
export interface DeadLetter {
  readonly body: string;
  readonly messageGroup: string;
  /** The SQS message id of the original, so that after a crash SQS drops the second copy for 5 minutes. */
  readonly deduplicationId: string;
  readonly attributes: Readonly<Record<string, MessageAttributeValue>>;
  /** The X-Ray trace header of the original: the message system attribute `AWSTraceHeader`. */
  readonly trace?: string;
}

export interface DeadLetterQueue {
  send(letter: DeadLetter): Promise<void>;
}
