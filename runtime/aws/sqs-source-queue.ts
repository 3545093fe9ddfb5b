import type { BatchResultErrorEntry, SQSClient } from '@aws-sdk/client-sqs';
import type { Acknowledgements, VisibilityTimeouts } from '../ports/queues.ts';
import { clientOptions } from './sdk-client-options.ts';

/** Changing visibility is best effort and must not use up the invocation's time. */
const timeouts = { connectionTimeout: 1000, requestTimeout: 2000, throwOnRequestTimeout: true };

/** The source queue behind `queueUrl`. The SDK is loaded with the first request. */
export function sqsSourceQueue(queueUrl: string): VisibilityTimeouts & Acknowledgements {
  let client: SQSClient | undefined;
  async function connect() {
    const sqs = await import('@aws-sdk/client-sqs');
    // The host in the URL is from the deployment; a configured endpoint takes precedence over it.
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

/** SQS answers with success even if it refused entries of a batch. @throws Error with the first refusal's reason. */
function refuse(failed: readonly BatchResultErrorEntry[]): void {
  const [first] = failed;
  if (first === undefined) return;
  throw new Error(
    `SQS refused ${failed.length} of a batch, the first for ${first.Code}: ${first.Message ?? ''}`,
  );
}
