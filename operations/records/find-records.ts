import { BatchGetItemCommand, type DynamoDBClient, paginateQuery } from '@aws-sdk/client-dynamodb';
import { type Clock, systemClock } from '../../contract/clock.ts';
import { subjectIndex } from '../../contract/record/attention.ts';
import { recordAttributes as attribute } from '../../contract/record/record-attributes.ts';
import { type SeenRecord, seenRecord, withoutBody } from './record.ts';

/** Items of a BatchGetItem (AWS: "BatchGetItem"). */
const batch = 100;

/** The keys of a subject's records, of all consumers of the table; `undefined` if the table has no such index. */
export async function keysOfSubject(
  client: DynamoDBClient,
  table: string,
  subject: string,
  most = 1000,
): Promise<string[] | undefined> {
  const keys: string[] = [];
  try {
    const pages = paginateQuery(
      { client },
      {
        TableName: table,
        IndexName: subjectIndex,
        KeyConditionExpression: '#subject = :subject',
        ExpressionAttributeNames: { '#subject': attribute.subject },
        ExpressionAttributeValues: { ':subject': { S: subject } },
      },
    );
    for await (const { Items = [] } of pages) {
      keys.push(...Items.flatMap((item) => item[attribute.id]?.S ?? []));
      if (keys.length >= most) break;
    }
  } catch (error) {
    if (hasNoIndex(error)) return undefined;
    throw error;
  }
  return keys;
}

function hasNoIndex(error: unknown): boolean {
  const { name, message } = error as Error;
  return name === 'ValidationException' && /index/i.test(message);
}

/** Reads records by their keys, strongly consistent and without bodies. Keys without a record are left out. */
export async function getRecords(
  client: DynamoDBClient,
  table: string,
  keys: readonly string[],
  clock: Clock = systemClock,
): Promise<SeenRecord[]> {
  const found: SeenRecord[] = [];
  let waiting = [...new Set(keys)];
  let waitMs = 0;
  while (waiting.length > 0) {
    const asked = waiting.splice(0, batch);
    const { Responses = {}, UnprocessedKeys = {} } = await client.send(
      new BatchGetItemCommand({
        RequestItems: {
          [table]: {
            ...withoutBody,
            ConsistentRead: true,
            Keys: asked.map((id) => ({ [attribute.id]: { S: id } })),
          },
        },
      }),
    );
    found.push(...(Responses[table] ?? []).map(seenRecord));
    const left = UnprocessedKeys[table]?.Keys ?? [];
    // DynamoDB throttles a part of the keys by leaving them out.
    waitMs = left.length === 0 ? 0 : Math.min(1000, waitMs * 2 || 50);
    if (waitMs > 0) await clock.sleep(waitMs);
    waiting = [...left.flatMap((key) => key[attribute.id]?.S ?? []), ...waiting];
  }
  return found;
}
