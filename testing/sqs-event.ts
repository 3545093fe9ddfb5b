import type { SQSEvent, SQSMessageAttributes, SQSRecord } from 'aws-lambda';

export interface RecordOptions {
  readonly messageId?: string;
  readonly group?: string;
  readonly receiveCount?: number;
  readonly attributes?: SQSMessageAttributes;
  /** Milliseconds since the epoch: when SQS received the message from its sender. */
  readonly sentAt?: number;
  /** Milliseconds since the epoch: when SQS first delivered it. */
  readonly firstReceived?: number;
}

/** Makes an SQS record in the form of Lambda's event source for a FIFO queue. */
export function sqsRecord(body: unknown, options: RecordOptions = {}): SQSRecord {
  const { messageId = 'message-1', group = 'customer-17850', receiveCount = 1 } = options;
  const { attributes = {}, sentAt = 1_700_000_000_000, firstReceived = 1_700_000_000_001 } = options;
  return {
    messageId,
    receiptHandle: `receipt-of-${messageId}`,
    body: typeof body === 'string' ? body : JSON.stringify(body),
    attributes: {
      ApproximateReceiveCount: String(receiveCount),
      SentTimestamp: String(sentAt),
      SenderId: 'sender',
      ApproximateFirstReceiveTimestamp: String(firstReceived),
      MessageGroupId: group,
    },
    messageAttributes: attributes,
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:queue.fifo',
    awsRegion: 'us-east-1',
  };
}

export function sqsEvent(...records: SQSRecord[]): SQSEvent {
  return { Records: records };
}

/** A Lambda context with this much time left. */
export function remaining(milliseconds = 30_000): { getRemainingTimeInMillis: () => number } {
  return { getRemainingTimeInMillis: () => milliseconds };
}
