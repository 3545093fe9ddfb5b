import type { SQSClient } from '@aws-sdk/client-sqs';
import type { VisibilityTimeouts } from './visibility.ts';

/** The visibility timeouts of the queue behind `queueUrl`. The SDK is loaded with the first change. */
export function sqsVisibilityTimeouts(queueUrl: string): VisibilityTimeouts {
  let client: SQSClient | undefined;
  return {
    async change(receiptHandles, seconds) {
      const sqs = await import('@aws-sdk/client-sqs');
      client ??= new sqs.SQSClient({ useQueueUrlAsEndpoint: false });
      await client.send(
        new sqs.ChangeMessageVisibilityBatchCommand({
          QueueUrl: queueUrl,
          Entries: receiptHandles.map((ReceiptHandle, index) => ({
            Id: String(index),
            ReceiptHandle,
            VisibilityTimeout: seconds,
          })),
        }),
      );
    },
  };
}
