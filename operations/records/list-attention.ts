import { type DynamoDBClient, paginateQuery, type QueryCommandInput } from '@aws-sdk/client-dynamodb';
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
  /** Only those of this message group. @default - all groups */
  readonly messageGroup?: string | undefined;
  /** Only those whose message blocks its group. @default false */
  readonly isBlocking?: boolean;
}

/**
 * Lists what an operator may have to look at, the oldest first. It reads the index, never the table, and holds one page
 * of each of the index's partitions in memory. The index follows the table within about a second. DynamoDB reads what a
 * filter leaves out, and does not send it.
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
  options: ListOptions,
  now: number = Date.now(),
): AsyncGenerator<ListedRecord> {
  const partitions = partitionsOf(options).map(({ key, state }) =>
    readPartition(client, state, queryOf(key, options, now)),
  );
  return mergeSorted(partitions, ({ since }) => since);
}

/** Number of the records that `listAttention` lists. DynamoDB counts them, and sends none. */
export async function countAttention(
  client: DynamoDBClient,
  options: ListOptions,
  now: number = Date.now(),
): Promise<number> {
  const counts = await Promise.all(
    partitionsOf(options).map(async ({ key }) => {
      let count = 0;
      const query = { ...queryOf(key, options, now), Select: 'COUNT' } as const;
      for await (const { Count = 0 } of paginateQuery({ client }, query)) count += Count;
      return count;
    }),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}

function partitionsOf({ consumer, states }: ListOptions) {
  return states.flatMap((state) => attentionKeys(consumer, state).map((key) => ({ key, state })));
}

/** A query of one partition. TTL deletes days late, so what has expired is left out here. */
function queryOf(
  key: string,
  { table, messageGroup, isBlocking = false }: ListOptions,
  now: number,
): QueryCommandInput {
  const inGroup = messageGroup !== undefined;
  const filters = [
    '(attribute_not_exists(#expiration) OR #expiration > :now)',
    ...(inGroup ? ['#group = :group'] : []),
    // An entry without a record of its own is in the state BLOCKED only while its message blocks.
    ...(isBlocking ? ['(#blocked = #message OR attribute_not_exists(#status))'] : []),
  ];
  return {
    TableName: table,
    IndexName: attentionIndex,
    KeyConditionExpression: '#key = :key',
    FilterExpression: filters.join(' AND '),
    ExpressionAttributeNames: {
      '#key': attribute.attention,
      '#expiration': attribute.expiration,
      ...(inGroup && { '#group': attribute.messageGroup }),
      ...(isBlocking && {
        '#blocked': attribute.blocked,
        '#message': attribute.messageId,
        '#status': attribute.status,
      }),
    },
    ExpressionAttributeValues: {
      ':key': { S: key },
      ':now': { N: String(Math.floor(now / 1000)) },
      ...(inGroup && { ':group': { S: messageGroup } }),
    },
  };
}

async function* readPartition(
  client: DynamoDBClient,
  state: AttentionState,
  query: QueryCommandInput,
): AsyncGenerator<ListedRecord> {
  for await (const { Items = [] } of paginateQuery({ client }, query)) {
    for (const item of Items) {
      const record = seenRecord(item);
      yield { ...record, state, since: record.attentionAt ?? 0 };
    }
  }
}
