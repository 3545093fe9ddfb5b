import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { isLetterKey } from '../../contract/record/attention.ts';
import { recordAttributes as attribute } from '../../contract/record/record-attributes.ts';
import type { Decision } from '../decisions/decision.ts';
import type { Letter } from './list-letters.ts';

/**
 * Takes the entry of a letter without a record of its own off the list, once the letter has left the queue. The record
 * of an event leaves the list when its event is settled again.
 */
export async function forgetEntry(
  client: DynamoDBClient,
  TableName: string,
  { record }: Pick<Letter, 'record'>,
): Promise<void> {
  if (!isLetterKey(record)) return;
  await client.send(new DeleteItemCommand({ TableName, Key: { [attribute.id]: { S: record } } }));
}

/** Of a letter's record, or of the entry that stands for one, what identifies this letter. */
type Listed = Pick<Letter, 'record' | 'since'>;

/**
 * Takes a dropped letter off the list, and writes the decision into its record or entry.
 * @returns Whether it was still that of this letter: the event may have been redriven and given up again since.
 */
export async function recordDrop(
  client: DynamoDBClient,
  TableName: string,
  letter: Listed,
  decision: Decision,
): Promise<boolean> {
  return await ifStillListed(client, TableName, letter, {
    UpdateExpression: 'SET #decision = :decision REMOVE #attention, #at, #code, #next',
    ExpressionAttributeNames: {
      '#decision': attribute.decision,
      '#attention': attribute.attention,
      '#code': attribute.attentionCode,
      '#next': attribute.nextTryAt,
    },
    ExpressionAttributeValues: { ':decision': { S: JSON.stringify(decision) } },
  });
}

/**
 * Writes the decision to drop a letter, before it is deleted.
 * @returns Whether it still was that letter.
 */
export async function decideDrop(
  client: DynamoDBClient,
  TableName: string,
  letter: Listed,
  decision: Decision,
): Promise<boolean> {
  return await ifStillListed(client, TableName, letter, {
    UpdateExpression: 'SET #decision = :decision',
    ExpressionAttributeNames: { '#decision': attribute.decision },
    ExpressionAttributeValues: { ':decision': { S: JSON.stringify(decision) } },
  });
}

/** Lists a letter behind those that came before now, because it has moved to the end of its queue. */
export async function recordDeferral(
  client: DynamoDBClient,
  TableName: string,
  letter: Listed,
  now: number,
): Promise<void> {
  await ifStillListed(client, TableName, letter, {
    UpdateExpression: 'SET #at = :now',
    ExpressionAttributeNames: {},
    ExpressionAttributeValues: { ':now': { N: String(now) } },
  });
}

async function ifStillListed(
  client: DynamoDBClient,
  TableName: string,
  { record, since }: Listed,
  update: {
    readonly UpdateExpression: string;
    readonly ExpressionAttributeNames: Readonly<Record<string, string>>;
    readonly ExpressionAttributeValues: Readonly<Record<string, AttributeValue>>;
  },
): Promise<boolean> {
  const isEntry = isLetterKey(record);
  try {
    await client.send(
      new UpdateItemCommand({
        TableName,
        Key: { [attribute.id]: { S: record } },
        UpdateExpression: update.UpdateExpression,
        ConditionExpression: isEntry ? '#at = :since' : '#at = :since AND #status = :quarantined',
        ExpressionAttributeNames: {
          ...update.ExpressionAttributeNames,
          '#at': attribute.attentionAt,
          ...(!isEntry && { '#status': attribute.status }),
        },
        ExpressionAttributeValues: {
          ...update.ExpressionAttributeValues,
          ':since': { N: String(since) },
          ...(!isEntry && { ':quarantined': { S: 'QUARANTINED' } }),
        },
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}
