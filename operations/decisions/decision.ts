import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { recordAttributes as attribute, type RecordStatus } from '../../contract/record/record-attributes.ts';
import type { SeenRecord } from '../records/record.ts';

/** Who decided what about a record, and why. It stays in the record, as JSON. */
export interface Decision {
  readonly what: 'done' | 'retry' | 'abandoned' | 'skipped' | 'dropped' | 'erased' | 'forgotten';
  readonly by: string;
  /** ISO time. */
  readonly at: string;
  readonly why: string;
  /** For `forgotten`: the owner token of the outcome, and the SHA-256 (hex) of the body that was removed. */
  readonly attempt?: string;
  readonly bodySha256?: string;
}

/** The decision in a record; `undefined` without one. */
export function decisionIn({ decision }: Pick<SeenRecord, 'decision'>): Decision | undefined {
  return decision === undefined ? undefined : (JSON.parse(decision) as Decision);
}

/** The decision to forget the body of this outcome; `undefined` if its body was not removed, or is that of a later outcome. */
export function forgottenIn(record: Pick<SeenRecord, 'decision' | 'ownerToken'>): Decision | undefined {
  const decision = decisionIn(record);
  return decision?.what === 'forgotten' && decision.attempt === record.ownerToken ? decision : undefined;
}

/**
 * Writes a decision into a record that still is what was seen, and changes nothing else.
 * @returns Whether it was.
 */
export async function writeDecision(
  client: DynamoDBClient,
  TableName: string,
  seen: { readonly id: string; readonly status: RecordStatus; readonly ownerToken?: string | undefined },
  decision: Decision,
): Promise<boolean> {
  const { id, status, ownerToken } = seen;
  const hasOwner = ownerToken !== undefined;
  try {
    await client.send(
      new UpdateItemCommand({
        TableName,
        Key: { [attribute.id]: { S: id } },
        UpdateExpression: 'SET #decision = :decision',
        ConditionExpression: `#status = :status AND ${hasOwner ? '#owner = :owner' : 'attribute_not_exists(#owner)'}`,
        ExpressionAttributeNames: {
          '#decision': attribute.decision,
          '#status': attribute.status,
          '#owner': attribute.attempt,
        },
        ExpressionAttributeValues: {
          ':decision': { S: JSON.stringify(decision) },
          ':status': { S: status },
          ...(hasOwner && { ':owner': { S: ownerToken } }),
        },
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}
