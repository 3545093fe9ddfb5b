import {
  ChangeMessageVisibilityCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { type DeadLetterReason, deadLetterReasonAttribute } from '../../contract/message-attributes.ts';

/** How many messages a queue holds, given ones included. */
export async function depth(client: SQSClient, queueUrl: string): Promise<number> {
  const { Attributes = {} } = await client.send(
    new GetQueueAttributesCommand({
      QueueUrl: queueUrl,
      AttributeNames: [
        'ApproximateNumberOfMessages',
        'ApproximateNumberOfMessagesNotVisible',
        'ApproximateNumberOfMessagesDelayed',
      ],
    }),
  );
  return Object.values(Attributes).reduce((sum, value) => sum + Number(value), 0);
}

export interface DeadLetter {
  readonly body: string;
  readonly messageGroup: string;
  /** Absent where nobody gave one: SQS itself moved the message. */
  readonly reason: DeadLetterReason | undefined;
}

/**
 * Looks at the messages of a dead-letter queue and leaves them there. SQS gives at most ten of a group while those
 * are not deleted, so a group's further letters are not seen; `depth` counts them.
 */
export async function peek(client: SQSClient, queueUrl: string): Promise<DeadLetter[]> {
  const messages: Message[] = [];
  for (;;) {
    const { Messages = [] } = await client.send(
      new ReceiveMessageCommand({
        QueueUrl: queueUrl,
        MaxNumberOfMessages: 10,
        VisibilityTimeout: 60,
        // Asks all of SQS's servers: without waiting, an empty answer proves nothing.
        WaitTimeSeconds: 1,
        MessageAttributeNames: [deadLetterReasonAttribute],
        MessageSystemAttributeNames: ['MessageGroupId'],
      }),
    );
    if (Messages.length === 0) break;
    messages.push(...Messages);
  }
  for (const { ReceiptHandle } of messages) {
    await client.send(
      new ChangeMessageVisibilityCommand({ QueueUrl: queueUrl, ReceiptHandle, VisibilityTimeout: 0 }),
    );
  }
  return messages.map(({ Body = '', Attributes, MessageAttributes }) => {
    const reason = MessageAttributes?.[deadLetterReasonAttribute]?.StringValue;
    return {
      body: Body,
      messageGroup: Attributes?.MessageGroupId ?? '',
      reason: reason === undefined ? undefined : JSON.parse(reason),
    };
  });
}
