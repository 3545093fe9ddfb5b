import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { brokerId } from '../../contract/broker-id.ts';
import type { ConsumerDescription } from '../../contract/consumer-description.ts';
import { partsOfArn } from '../access/connect.ts';
import { type ListedRecord, listAttention } from '../records/list-attention.ts';

/** A copy in the dead-letter queue, as its record tells it. */
export interface Letter {
  /** The deduplication id of the copy, by which it is recognised in the queue. */
  readonly letter: string;
  /** The key of its record, or of the entry that stands for a record. */
  readonly record: string;
  readonly code: string;
  readonly reason?: string | undefined;
  readonly messageGroup: string;
  /** Milliseconds since the epoch: when it was listed, shortly after it was sent. */
  readonly since: number;
  readonly subject?: string | undefined;
  readonly source?: string | undefined;
  readonly eventId?: string | undefined;
}

/**
 * Lists the copies in a consumer's dead-letter queue, the oldest first, from the records. No message is received, so
 * none is hidden. Messages that SQS itself moved are not listed: nobody wrote them down.
 */
export async function* listLetters(
  client: DynamoDBClient,
  { consumer, records }: Pick<ConsumerDescription, 'consumer' | 'records'>,
): AsyncGenerator<Letter> {
  const table = partsOfArn(records).name;
  for await (const entry of listAttention(client, {
    table,
    consumer,
    states: ['QUARANTINED', 'DEAD_LETTER'],
  })) {
    // A claim keeps the entry: the letter was redriven, and its message is in the source queue.
    if (entry.state === 'QUARANTINED' && entry.status !== 'QUARANTINED') continue;
    yield letterOf(entry);
  }
}

export function letterOf({
  messageId = '',
  id,
  attentionCode = 'unknown',
  lastError,
  messageGroup = '',
  since,
  subject,
  source,
  eventId,
}: ListedRecord): Letter {
  return {
    letter: brokerId(messageId),
    record: id,
    code: attentionCode,
    reason: lastError,
    messageGroup,
    since,
    subject,
    source,
    eventId,
  };
}
