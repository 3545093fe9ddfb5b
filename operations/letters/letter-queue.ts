import { randomUUID } from 'node:crypto';
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { Resent } from './resend.ts';

/** Seconds for which a received letter is hidden: far longer than it takes to move ten, and soon over after a kill. */
export const hiddenSeconds = 60;

/** Seconds of long polling, which asks all servers of SQS. */
const pollSeconds = 1;

/**
 * Receives up to ten letters. A receive whose answer is lost is tried again under the same attempt id, so that SQS gives
 * the same letters and their groups are not locked (AWS: "ReceiveMessage", `ReceiveRequestAttemptId`).
 */
export async function receiveLetters(client: SQSClient, QueueUrl: string): Promise<readonly Message[]> {
  const ReceiveRequestAttemptId = randomUUID();
  const { Messages = [] } = await client.send(
    new ReceiveMessageCommand({
      QueueUrl,
      ReceiveRequestAttemptId,
      MaxNumberOfMessages: 10,
      VisibilityTimeout: hiddenSeconds,
      WaitTimeSeconds: pollSeconds,
      MessageAttributeNames: ['All'],
      MessageSystemAttributeNames: ['All'],
    }),
  );
  return Messages;
}

/** Sends a message, with the trace of the letter. The answer confirms that SQS has it. */
export async function sendAgain(
  client: SQSClient,
  QueueUrl: string,
  message: Resent,
  { Attributes }: Message,
): Promise<void> {
  const trace = Attributes?.AWSTraceHeader;
  await client.send(
    new SendMessageCommand({
      QueueUrl,
      ...message,
      ...(trace !== undefined && {
        MessageSystemAttributes: { AWSTraceHeader: { DataType: 'String', StringValue: trace } },
      }),
    }),
  );
}

/** Messages that are hidden, approximately. */
export async function inFlight(client: SQSClient, QueueUrl: string): Promise<number> {
  const name = 'ApproximateNumberOfMessagesNotVisible';
  const { Attributes } = await client.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [name] }),
  );
  return Number(Attributes?.[name] ?? 0);
}

export async function deleteLetter(
  client: SQSClient,
  QueueUrl: string,
  { ReceiptHandle }: Message,
): Promise<void> {
  await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
}

/** Shows a letter again at once. An error changes nothing: it comes back by itself. */
export async function showAgain(
  client: SQSClient,
  QueueUrl: string,
  { ReceiptHandle }: Message,
): Promise<void> {
  const command = new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 });
  await client.send(command).catch(() => {});
}
