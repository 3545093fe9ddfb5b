import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { sha256 } from '../../contract/event/identity.ts';
import { recordAttributes as attribute } from '../../contract/record/record-attributes.ts';
import type { Decision } from '../decisions/decision.ts';
import type { SeenRecord } from '../records/record.ts';

/** `nothing-kept`: the record has no body. `changed`: the outcome was decided, or became unknown anew, in between. */
export type Forgetting = 'forgotten' | 'nothing-kept' | 'changed';

/**
 * Removes body and message attributes from the record of an unknown outcome. The outcome stays unknown, so that no repeat of
 * the event runs, and it can still be decided as done or abandoned. The body's SHA-256 stays in its place.
 *
 * @param seen The record as it was listed. If it changes meanwhile, nothing is done.
 */
export async function forgetBody(
  client: DynamoDBClient,
  TableName: string,
  { id, ownerToken }: Pick<SeenRecord, 'id' | 'ownerToken'>,
  decision: Decision & { readonly what: 'forgotten' },
): Promise<Forgetting> {
  const Key = { [attribute.id]: { S: id } };
  const names = { '#body': attribute.body, '#status': attribute.status };
  const { Item = {} } = await client.send(
    new GetItemCommand({
      TableName,
      Key,
      ConsistentRead: true,
      ProjectionExpression: '#body, #status',
      ExpressionAttributeNames: names,
    }),
  );
  if (Item[attribute.status]?.S !== 'OUTCOME_UNKNOWN') return 'changed';
  const body = Item[attribute.body]?.S;
  if (body === undefined) return 'nothing-kept';
  try {
    await client.send(
      new UpdateItemCommand({
        TableName,
        Key,
        UpdateExpression: 'SET #decision = :decision, #digest = :digest REMOVE #body, #attributes',
        ConditionExpression: '#status = :unknown AND #owner = :owner AND attribute_exists(#body)',
        ExpressionAttributeNames: {
          ...names,
          '#decision': attribute.decision,
          '#digest': attribute.bodySha256,
          '#attributes': attribute.messageAttributes,
          '#owner': attribute.attempt,
        },
        ExpressionAttributeValues: {
          ':decision': { S: JSON.stringify(decision) },
          ':digest': { S: sha256(body) },
          ':unknown': { S: 'OUTCOME_UNKNOWN' },
          ':owner': { S: ownerToken ?? '' },
        },
      }),
    );
    return 'forgotten';
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return 'changed';
    throw error;
  }
}
