import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { recordAttributes as attribute } from '../../contract/record/record-attributes.ts';
import type { Decision } from '../decisions/decision.ts';
import type { SeenRecord } from '../records/record.ts';

/** What can become of a record when the data of its subject is erased. */
export type Erasure = 'erased' | 'unfinished' | 'changed';

/**
 * Removes what a record keeps of its event beside its identity: body and message attributes, result, last error and
 * subject. The record itself
 * stays, because without it a repeat of the event would be applied again.
 *
 * @returns `unfinished` for a record whose event may still run: it would be kept again.
 */
export async function eraseRecord(
  client: DynamoDBClient,
  TableName: string,
  { id, status }: Pick<SeenRecord, 'id' | 'status'>,
  decision: Decision,
): Promise<Erasure> {
  if (status !== 'COMPLETED') return 'unfinished';
  try {
    await client.send(
      new UpdateItemCommand({
        TableName,
        Key: { [attribute.id]: { S: id } },
        UpdateExpression: 'SET #decision = :decision REMOVE #body, #attributes, #data, #error, #subject',
        ConditionExpression: '#status = :completed',
        ExpressionAttributeNames: {
          '#decision': attribute.decision,
          '#body': attribute.body,
          '#attributes': attribute.messageAttributes,
          '#data': attribute.data,
          '#error': attribute.lastError,
          '#subject': attribute.subject,
          '#status': attribute.status,
        },
        ExpressionAttributeValues: {
          ':decision': { S: JSON.stringify(decision) },
          ':completed': { S: 'COMPLETED' },
        },
      }),
    );
    return 'erased';
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return 'changed';
    throw error;
  }
}
