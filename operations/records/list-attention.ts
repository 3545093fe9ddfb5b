import { type DynamoDBClient, paginateQuery } from '@aws-sdk/client-dynamodb';
import { type AttentionState, attentionIndex, attentionKeys } from '../../contract/record/attention.ts';
import { recordAttributes as attribute } from '../../contract/record/record-attributes.ts';
import { mergeSorted } from './merge-sorted.ts';
import { type SeenRecord, seenRecord } from './record.ts';

/** A record, or an entry without a record of its own, that somebody may have to look at. */
export interface ListedRecord extends SeenRecord {
  readonly state: AttentionState;
  /** Milliseconds since the epoch: since when it is in this state. */
  readonly since: number;
}

export interface ListOptions {
  readonly table: string;
  readonly consumer: string;
  readonly states: readonly AttentionState[];
  /** Only those of this message group. DynamoDB reads the others too, and does not send them. */
  readonly messageGroup?: string | undefined;
}

/**
 * Lists what an operator may have to look at, the oldest first. It reads the index, never the table, and holds one page
 * of each of the index's partitions in memory. The index follows the table within about a second.
 *
 * @example
 * ```ts
 * for await (const { id, since } of listAttention(client, { table, consumer: 'bookings', states: ['OUTCOME_UNKNOWN'] })) {
 *   console.log(id, new Date(since));
 * }
 * ```
 */
export function listAttention(
  client: DynamoDBClient,
  { table, consumer, states, messageGroup }: ListOptions,
): AsyncGenerator<ListedRecord> {
  const partitions = states.flatMap((state) =>
    attentionKeys(consumer, state).map((key) => readPartition(client, table, key, state, messageGroup)),
  );
  return mergeSorted(partitions, ({ since }) => since);
}

async function* readPartition(
  client: DynamoDBClient,
  TableName: string,
  key: string,
  state: AttentionState,
  messageGroup: string | undefined,
): AsyncGenerator<ListedRecord> {
  const inGroup = messageGroup !== undefined;
  const pages = paginateQuery(
    { client },
    {
      TableName,
      IndexName: attentionIndex,
      KeyConditionExpression: '#key = :key',
      ...(inGroup && { FilterExpression: '#group = :group' }),
      ExpressionAttributeNames: {
        '#key': attribute.attention,
        ...(inGroup && { '#group': attribute.messageGroup }),
      },
      ExpressionAttributeValues: { ':key': { S: key }, ...(inGroup && { ':group': { S: messageGroup } }) },
    },
  );
  for await (const { Items = [] } of pages) {
    for (const item of Items) {
      const record = seenRecord(item);
      yield { ...record, state, since: record.attentionAt ?? 0 };
    }
  }
}

/** Number of records in these states. It reads the index' partitions, and sends no records. */
export async function countAttention(
  client: DynamoDBClient,
  { table, consumer, states }: Omit<ListOptions, 'messageGroup'>,
): Promise<number> {
  const counts = await Promise.all(
    states
      .flatMap((state) => attentionKeys(consumer, state))
      .map(async (key) => {
        const pages = paginateQuery(
          { client },
          {
            TableName: table,
            IndexName: attentionIndex,
            Select: 'COUNT',
            KeyConditionExpression: '#key = :key',
            ExpressionAttributeNames: { '#key': attribute.attention },
            ExpressionAttributeValues: { ':key': { S: key } },
          },
        );
        let count = 0;
        for await (const { Count = 0 } of pages) count += Count;
        return count;
      }),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}
