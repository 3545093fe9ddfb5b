import type { SQSClient } from '@aws-sdk/client-sqs';
import type { VisibilityTimeouts } from './visibility.ts';

/** Hiding a message is a courtesy: it must not eat the invocation of those that can be handled. */
const timeouts = { connectionTimeout: 1000, requestTimeout: 2000, throwOnRequestTimeout: true };

/** The visibility timeouts of the queue behind `queueUrl`. The SDK is loaded with the first change. */
export function sqsVisibilityTimeouts(queueUrl: string): VisibilityTimeouts {
  let client: SQSClient | undefined;
  return {
    async change(receiptHandles, seconds) {
      const sqs = await import('@aws-sdk/client-sqs');
      // The URL's own host is what CloudFormation knew at deployment; a configured endpoint goes before it.
      client ??= new sqs.SQSClient({
        useQueueUrlAsEndpoint: false,
        requestHandler: timeouts,
        maxAttempts: 2,
      });
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
