import {
  ChangeMessageVisibilityCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { type DeadLetterReason, deadLetterReasonAttribute } from '../../contract/message-attributes.ts';

/** Number of messages in a queue, including those in flight. */
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
  /** `undefined` if SQS itself moved the message, because only the runtime adds a reason. */
  readonly reason: DeadLetterReason | undefined;
}

/**
 * Reads the messages of a dead-letter queue and leaves them there.
 *
 * @returns At most ten messages of each group, because SQS delivers no others while these are hidden. `depth` counts
 *   all messages.
 */
export async function peek(client: SQSClient, queueUrl: string): Promise<DeadLetter[]> {
  const messages: Message[] = [];
  for (;;) {
    const { Messages = [] } = await client.send(
      new ReceiveMessageCommand({
        QueueUrl: queueUrl,
        MaxNumberOfMessages: 10,
        VisibilityTimeout: 60,
        // Long polling queries all servers of SQS. With short polling, an answer can miss messages.
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
