import {
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

/**
 * Takes a dropped letter off the list, and writes the decision into the record of its event.
 * @returns Whether the record was still that of this letter.
 */
export async function recordDrop(
  client: DynamoDBClient,
  TableName: string,
  letter: Pick<Letter, 'record' | 'since'>,
  decision: Decision,
): Promise<boolean> {
  if (isLetterKey(letter.record)) {
    await forgetEntry(client, TableName, letter);
    return true;
  }
  try {
    await client.send(
      new UpdateItemCommand({
        TableName,
        Key: { [attribute.id]: { S: letter.record } },
        UpdateExpression: 'SET #decision = :decision REMOVE #attention, #at, #code, #next',
        // The time of the entry, too: the event may have been redriven and given up again since.
        ConditionExpression: '#status = :quarantined AND #at = :since',
        ExpressionAttributeNames: {
          '#decision': attribute.decision,
          '#attention': attribute.attention,
          '#at': attribute.attentionAt,
          '#code': attribute.attentionCode,
          '#next': attribute.nextTryAt,
          '#status': attribute.status,
        },
        ExpressionAttributeValues: {
          ':decision': { S: JSON.stringify(decision) },
          ':quarantined': { S: 'QUARANTINED' },
          ':since': { N: String(letter.since) },
        },
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}
