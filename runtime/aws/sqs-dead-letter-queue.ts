import type { SQSClient } from '@aws-sdk/client-sqs';
import type { DeadLetterQueue } from '../ports/queues.ts';
import { clientOptions } from './sdk-client-options.ts';

/**
 * The dead-letter queue behind `queueUrl`. The SDK is loaded with the first dead letter, because a healthy function
 * never needs it.
 */
export function sqsDeadLetterQueue(queueUrl: string): DeadLetterQueue {
  let client: SQSClient | undefined;
  return {
    async send({ body, messageGroup, deduplicationId, attributes, trace }) {
      const sqs = await import('@aws-sdk/client-sqs');
      // The host in the URL is from the deployment; a configured endpoint takes precedence over it.
      client ??= new sqs.SQSClient({ useQueueUrlAsEndpoint: false, ...clientOptions });
      await client.send(
        new sqs.SendMessageCommand({
          QueueUrl: queueUrl,
          MessageBody: body,
          MessageGroupId: messageGroup,
          MessageDeduplicationId: deduplicationId,
          MessageAttributes: attributes,
          ...(trace !== undefined && {
            MessageSystemAttributes: { AWSTraceHeader: { DataType: 'String', StringValue: trace } },
          }),
        }),
      );
    },
  };
}
