import type { BatchResultErrorEntry, SQSClient } from '@aws-sdk/client-sqs';
import type { Acknowledgements, VisibilityTimeouts } from '../ports/queues.ts';
import { clientOptions } from './sdk-client-options.ts';

/** Hiding a message is a courtesy: it must not eat the invocation of those that can be handled. */
const timeouts = { connectionTimeout: 1000, requestTimeout: 2000, throwOnRequestTimeout: true };

/** The queue behind `queueUrl` that the messages come from. The SDK is loaded with the first request. */
export function sqsSourceQueue(queueUrl: string): VisibilityTimeouts & Acknowledgements {
  let client: SQSClient | undefined;
  async function connect() {
    const sqs = await import('@aws-sdk/client-sqs');
    // The URL's own host is what CloudFormation knew at deployment; a configured endpoint goes before it.
    client ??= new sqs.SQSClient({
      useQueueUrlAsEndpoint: false,
      ...clientOptions,
      requestHandler: timeouts,
      maxAttempts: 2,
    });
    return { sqs, client };
  }
  return {
    async change(receiptHandles, seconds) {
      const { sqs, client } = await connect();
      const change = (ReceiptHandle: string, index: number) => ({
        Id: String(index),
        ReceiptHandle,
        VisibilityTimeout: seconds,
      });
      const { Failed = [] } = await client.send(
        new sqs.ChangeMessageVisibilityBatchCommand({
          QueueUrl: queueUrl,
          Entries: receiptHandles.map(change),
        }),
      );
      refuse(Failed);
    },
    async acknowledge(receiptHandles) {
      const { sqs, client } = await connect();
      const Entries = receiptHandles.map((ReceiptHandle, index) => ({ Id: String(index), ReceiptHandle }));
      const command = new sqs.DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries });
      const { Failed = [] } = await client.send(command);
      refuse(Failed);
    },
  };
}

/** SQS answers with success where it refused some of a batch. @throws Error that says why. */
function refuse(failed: readonly BatchResultErrorEntry[]): void {
  const [first] = failed;
  if (first === undefined) return;
  throw new Error(
    `SQS refused ${failed.length} of a batch, the first for ${first.Code}: ${first.Message ?? ''}`,
  );
}
