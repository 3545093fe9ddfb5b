import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { sha256 } from '../../contract/event/identity.ts';
import { maxRetentionSeconds } from '../../contract/policies/record-ttl.ts';
import { recordAttributes as attribute } from '../../contract/record/record-attributes.ts';
import { type Decision, decisionIn } from '../decisions/decision.ts';
import type { SeenRecord } from '../records/record.ts';

/** A message that was sent again waits in a queue and in its dead-letter queue, each for 14 days at most. */
const longestWaitMs = 2 * maxRetentionSeconds * 1000;

/** `nothing-kept`: the record has no body. `changed`: the outcome was decided, or became unknown anew, in between. */
export type Forgetting = 'forgotten' | 'nothing-kept' | 'changed';

/**
 * Removes body and message attributes from the record of an unknown outcome. The outcome stays unknown, so that no repeat of
 * the event runs, and it can still be decided as done or abandoned. The decision keeps the body's SHA-256. A body stays while a
 * message that somebody sent again may still arrive.
 *
 * @param seen The record as it was listed. If it changes meanwhile, nothing is done.
 */
export async function forgetBody(
  client: DynamoDBClient,
  TableName: string,
  { id, ownerToken }: Pick<SeenRecord, 'id' | 'ownerToken'>,
  decision: Decision & { readonly what: 'forgotten' },
  now: number = Date.now(),
): Promise<Forgetting> {
  const Key = { [attribute.id]: { S: id } };
  const names = { '#body': attribute.body, '#status': attribute.status, '#decision': attribute.decision };
  const { Item = {} } = await client.send(
    new GetItemCommand({
      TableName,
      Key,
      ConsistentRead: true,
      ProjectionExpression: '#body, #status, #decision',
      ExpressionAttributeNames: names,
    }),
  );
  if (Item[attribute.status]?.S !== 'OUTCOME_UNKNOWN') return 'changed';
  const body = Item[attribute.body]?.S;
  if (body === undefined) return 'nothing-kept';
  const earlier = decisionIn({ decision: Item[attribute.decision]?.S });
  if (earlier?.what === 'retry' && Date.parse(earlier.at) + longestWaitMs > now) return 'changed';
  const forgotten: Decision = { ...decision, attempt: ownerToken ?? '', bodySha256: sha256(body) };
  try {
    await client.send(
      new UpdateItemCommand({
        TableName,
        Key,
        UpdateExpression: 'SET #decision = :decision REMOVE #body, #attributes',
        ConditionExpression: '#status = :unknown AND #owner = :owner AND attribute_exists(#body)',
        ExpressionAttributeNames: {
          ...names,
          '#attributes': attribute.messageAttributes,
          '#owner': attribute.attempt,
        },
        ExpressionAttributeValues: {
          ':decision': { S: JSON.stringify(forgotten) },
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
